# The libraries lie in a folder for each platform and configuration: into one, where the loader looks.
mkdir -p /opt/physx/lib
find /opt/physx/bin /src/physx/physx/bin -name '*.so' -exec cp --no-clobber --target-directory=/opt/physx/lib {} + 2> /dev/null || true
[[ -e /opt/physx/lib/libPhysX_64.so ]]
