# shellcheck shell=bash disable=SC2329,SC2154
# Built and run.
builds_and_runs() { case_of tiny; built jcc-proof-tiny; [[ $(docker run --rm jcc-proof-tiny) == "hello from app" ]]; }
builds_with_buildah() { case_of tiny; built_by_buildah jcc-proof; }
python_is_held() { case_of python; built jcc-proof-python; docker run --rm jcc-proof-python; }

proof "an image builds, and runs as its user" builds_and_runs
proof "Buildah builds it too" builds_with_buildah
proof "Python packages keep to what was resolved" python_is_held
