"""Stands for the project's wheel of the same name: llama-server is the image's own."""

import shutil


def get_binary_path():
    return shutil.which("llama-server")
