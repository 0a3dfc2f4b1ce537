# Run at the end of the build: the installed versions must be the resolved ones.
import sys

try:
    from importlib.metadata import PackageNotFoundError, requires, version
except ImportError:  # Python 3.6
    from pkg_resources import DistributionNotFound as PackageNotFoundError, get_distribution

    def version(name):
        return get_distribution(name).version

    def requires(name):
        return [str(one) for one in get_distribution(name).requires()]


def replaced(name):
    """Requirements of an exact version, such as CUDA libraries, that another installation has replaced."""
    try:
        from pip._vendor.packaging.requirements import Requirement
    except ImportError:
        return
    for one in map(Requirement, requires(name) or []):
        exact = any(bound.operator == "==" for bound in one.specifier)
        if exact and (one.marker is None or one.marker.evaluate({"extra": ""})):
            try:
                found = version(one.name)
            except PackageNotFoundError:
                continue
            if not one.specifier.contains(found, prereleases=True):
                yield f"{one.name}{one.specifier}, but {found} is installed"


wrong = []
for line in open("/run/constraints.txt", encoding="utf-8"):
    name, exact, wanted = line.strip().partition("==")
    # pip checks other bounds.
    if not exact or wanted.endswith(".*"):
        continue
    try:
        found = version(name)
    except PackageNotFoundError:
        continue
    if wanted not in (found, found.split("+")[0]):
        wrong.append(f"{name}: resolved {wanted}, installed {found}")
    wrong.extend(f"{name} {found} requires {other}" for other in replaced(name))
if wrong:
    sys.exit("\n".join(wrong))
