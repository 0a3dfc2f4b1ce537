# Moves Python packages out of the environment, each with what it requires, into a folder for each layer of the image: another
# version of one package leaves the layers of the others as they are. Usage: layers.py LAYER=PACKAGE[,PACKAGE…]…
import csv
import os
import sys
import sysconfig
from email.parser import HeaderParser

from pip._vendor.packaging.requirements import Requirement
from pip._vendor.packaging.utils import canonicalize_name

SITE = sysconfig.get_path("purelib")


def installed():
    """The folders with the metadata of the packages that the environment has, by name."""
    found = {}
    for folder in sorted(os.listdir(SITE)):
        if folder.endswith(".dist-info"):
            found[canonicalize_name(folder.split("-")[0])] = os.path.join(SITE, folder)
    return found


def required(info, extras):
    """What a package requires, with these of its extras."""
    with open(os.path.join(info, "METADATA"), encoding="utf-8") as file:
        lines = HeaderParser().parse(file).get_all("Requires-Dist", [])
    for line in lines:
        try:
            one = Requirement(line)
        except ValueError:  # what it names stays in the environment
            continue
        if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in {"", *extras}):
            yield canonicalize_name(one.name), one.extras


def closure(roots, there):
    """The names of packages and of all that they require."""
    seen, found = set(), set()
    left = [(canonicalize_name(root.name), root.extras) for root in map(Requirement, roots)]
    while left:
        name, extras = left.pop()
        key = (name, tuple(sorted(extras)))
        # Without pip nothing can be installed on top.
        if name in there and name != "pip" and key not in seen:
            seen.add(key)
            found.add(name)
            left.extend(required(there[name], extras))
    return sorted(found)


def move(info, layer):
    """Moves the files of a package."""
    with open(os.path.join(info, "RECORD"), encoding="utf-8", newline="") as file:
        paths = [os.path.normpath(os.path.join(SITE, row[0])) for row in csv.reader(file) if row]
    for path in paths:
        place = os.path.relpath(path, sys.prefix)
        if place.startswith("..") or not os.path.lexists(path):
            continue
        to = os.path.join(layer, place)
        os.makedirs(os.path.dirname(to), exist_ok=True)
        os.rename(path, to)
        folder = os.path.dirname(path)
        while folder != SITE and not os.listdir(folder):
            os.rmdir(folder)
            folder = os.path.dirname(folder)


for argument in sys.argv[1:]:
    name, packages = argument.split("=", 1)
    layer = os.path.join("/layers", name)
    os.makedirs(layer, exist_ok=True)
    there = installed()
    for package in closure(packages.split(","), there):
        move(there[package], layer)
