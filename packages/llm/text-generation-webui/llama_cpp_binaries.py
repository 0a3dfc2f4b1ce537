"""Replaces the project's wheel of the same name, so that it uses the llama-server of the image."""

import shutil


def get_binary_path():
    return shutil.which("llama-server")
