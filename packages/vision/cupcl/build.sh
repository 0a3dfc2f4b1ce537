# Compiles the sample of each part in PARTS against PCL, and collects libraries, headers and samples in /opt/cupcl.
vtk="$(find /usr/include -maxdepth 1 -name 'vtk-*' | sort | tail -n 1)"
export CPATH="/usr/include/pcl-${PCL}:${vtk}"
mkdir -p /opt/cupcl/lib /opt/cupcl/include /opt/cupcl/samples
read -ra chosen <<< "${PARTS}"
for part in "${chosen[@]}"; do
    from="/src/cupcl/${part}"
    to="/opt/cupcl/samples/${part}"
    # cuICP is libcudaicp.so, without a soname. It is linked with -l, because otherwise the sample would look for it in ./lib.
    name="${part#cu}"
    # The repository's own Makefile expects another PCL and asks for cuDNN, which the libraries do not use.
    make -C "${from}" \
        LIBRARIES="-L/usr/local/cuda/lib64 -lcudart -lboost_system -lpcl_common -lpcl_io -lpcl_registration -lpcl_sample_consensus -lpcl_octree -lpcl_search -lpcl_filters -lpcl_kdtree -lpcl_segmentation -lpthread" \
        LIBRARY_FILES="-L${from}/lib -lcuda${name,,}"
    mkdir -p "${to}"
    cp -a "${from}"/lib/*.so /opt/cupcl/lib/
    cp -a "${from}"/lib/*.h /opt/cupcl/include/
    cp -a "${from}/demo" "${from}"/*.pcd "${to}/"
done
