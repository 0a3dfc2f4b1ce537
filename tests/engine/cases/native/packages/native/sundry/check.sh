#!/bin/bash
[[ $MORE == "of it" ]]
say | grep said
