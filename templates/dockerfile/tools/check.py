# What is installed is what was resolved.
import sys

try:
    from importlib.metadata import PackageNotFoundError, version
except ImportError:  # Python 3.6
    from pkg_resources import DistributionNotFound as PackageNotFoundError, get_distribution

    def version(name):
        return get_distribution(name).version

wrong = []
for line in open("/run/jcc/constraints.txt", encoding="utf-8"):
    name, exact, wanted = line.strip().partition("==")
    # Other bounds are pip's to hold.
    if not exact or wanted.endswith(".*"):
        continue
    try:
        found = version(name)
    except PackageNotFoundError:
        continue
    if wanted not in (found, found.split("+")[0]):
        wrong.append(f"{name}: resolved {wanted}, installed {found}")
if wrong:
    sys.exit("\n".join(wrong))
