# The libraries lie in a folder for each platform and configuration: into one, where the loader and linkers look.
mkdir -p /opt/physx/lib
find /src/physx/physx/bin '(' -name '*.so' -o -name '*.a' ')' -exec cp --target-directory=/opt/physx/lib {} +
rm -rf /opt/physx/bin
[[ -e /opt/physx/lib/libPhysX_64.so ]]
