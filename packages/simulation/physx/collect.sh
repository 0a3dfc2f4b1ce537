# Copies the libraries from the folders of each platform and configuration to one folder for the dynamic loader and linkers.
mkdir -p /opt/physx/lib
find /src/physx/physx/bin '(' -name '*.so' -o -name '*.a' ')' -exec cp --target-directory=/opt/physx/lib {} +
rm -rf /opt/physx/bin
[[ -e /opt/physx/lib/libPhysX_64.so ]]
