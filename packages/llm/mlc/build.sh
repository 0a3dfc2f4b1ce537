tree=/src/mlc-llm
patch --directory="$tree" --strip=1 --forward < /src/jetson-containers/packages/llm/mlc/patches/607dc5a.diff
# TVM looks for CUTLASS next to its modules. Here it is in the folder to which the sources are copied below.
sed -i 's|for rel in \["../../../../", |for rel in ["/opt/mlc-llm/3rdparty/tvm/", "../../../../", |' "$tree/3rdparty/tvm/python/tvm/contrib/cutlass/build.py"
grep -q '/opt/mlc-llm/3rdparty/tvm/' "$tree/3rdparty/tvm/python/tvm/contrib/cutlass/build.py"
# FlashInfer's build calls `python`, which is the one of the environment.
cmake -S "$tree" -B "$tree/build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
  -DCMAKE_CXX_STANDARD=17 -DCMAKE_CUDA_STANDARD=17 "-DCMAKE_CUDA_ARCHITECTURES=$ARCHITECTURES" \
  -DUSE_CUDA=ON -DUSE_CUDNN=OFF -DUSE_CUBLAS=ON -DUSE_CURAND=ON -DUSE_CUTLASS=ON -DUSE_THRUST=ON \
  -DUSE_GRAPH_EXECUTOR_CUDA_GRAPH=ON -DUSE_STACKVM_RUNTIME=ON "-DUSE_LLVM=/usr/bin/llvm-config-15 --link-static" \
  -DHIDE_PRIVATE_SYMBOLS=ON
cmake --build "$tree/build" --parallel "$MAX_JOBS"
# The headers that the model builder includes, and the kernels that it links.
mkdir -p /opt/mlc-llm/lib /opt/mlc-llm/3rdparty/tvm/3rdparty/cutlass/tools/util \
  /opt/mlc-llm/3rdparty/tvm/3rdparty/cutlass/examples /opt/mlc-llm/3rdparty/tvm/3rdparty/libflash_attn
parts=/opt/mlc-llm/3rdparty/tvm/3rdparty
from=$tree/3rdparty/tvm/3rdparty
cp -a "$tree/3rdparty/tvm/include" /opt/mlc-llm/3rdparty/tvm/
cp -a "$from/dlpack" "$from/dmlc-core" "$from/cutlass_fpA_intB_gemm" "$parts/"
cp -a "$from/cutlass/include" "$parts/cutlass/"
cp -a "$from/cutlass/tools/util/include" "$parts/cutlass/tools/util/"
cp -a "$from/cutlass/examples/41_fused_multi_head_attention" "$parts/cutlass/examples/"
cp -a "$from/libflash_attn/include" "$parts/libflash_attn/"
rm -rf "$parts/cutlass_fpA_intB_gemm/cutlass/docs" "$parts/cutlass_fpA_intB_gemm/cutlass/media" "$parts/cutlass_fpA_intB_gemm/cutlass/test"
find "$tree/build" '(' -name 'libflash_attn.so' -o -name 'libfpA_intB_gemm.so' ')' -exec cp '{}' /opt/mlc-llm/lib/ ';'
test -f /opt/mlc-llm/lib/libflash_attn.so
test -f /opt/mlc-llm/lib/libfpA_intB_gemm.so
