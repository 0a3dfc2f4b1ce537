#!/bin/bash
seq -s ' ' "$UPTO" > /var/sundry/count
