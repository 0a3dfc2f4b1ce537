lite=/src/jetson-containers/packages/vectordb/faiss_lite
# Builds only the library; the other target is its test.
cmake -S "$lite" -B /build/faiss_lite -DCMAKE_BUILD_TYPE=Release "-DCMAKE_CUDA_ARCHITECTURES=$ARCHITECTURES" \
  -DCMAKE_CUDA_STANDARD=20 -DCMAKE_CXX_STANDARD=20 -DCMAKE_PREFIX_PATH=/opt/faiss_lite/faiss \
  -DCMAKE_BUILD_RPATH=/opt/faiss_lite/faiss/lib
cmake --build /build/faiss_lite --target faiss_lite
mkdir -p /opt/faiss_lite/build
cp /build/faiss_lite/libfaiss_lite.so /opt/faiss_lite/build/
sed -e 's/^from cuda import cuda, nvrtc/from cuda.bindings import driver as cuda, nvrtc/' \
  -e 's/^from cuda\.cudart import/from cuda.bindings.runtime import/' "$lite/faiss_lite.py" > /opt/faiss_lite/faiss_lite.py
grep -q '^from cuda.bindings import driver as cuda, nvrtc' /opt/faiss_lite/faiss_lite.py
grep -q '^from cuda.bindings.runtime import' /opt/faiss_lite/faiss_lite.py
# The image needs only the library of FAISS.
rm -rf /opt/faiss_lite/faiss/include /opt/faiss_lite/faiss/share /opt/faiss_lite/faiss/lib/cmake
