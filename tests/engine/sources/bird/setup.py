import os
import pathlib

import setuptools

# The wheel contains a value from the environment of the build.
pathlib.Path("bird.py").write_text(f"SONG = {os.environ.get('BIRD_SONG', '')!r}\n")
setuptools.setup()
