# What is installed is what was resolved.
import importlib.metadata
import sys

wrong = []
for line in open("/run/jcc/constraints.txt", encoding="utf-8"):
    name, exact, wanted = line.strip().partition("==")
    # Other bounds are pip's to hold.
    if not exact or wanted.endswith(".*"):
        continue
    try:
        found = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        continue
    if wanted not in (found, found.split("+")[0]):
        wrong.append(f"{name}: resolved {wanted}, installed {found}")
if wrong:
    sys.exit("\n".join(wrong))
