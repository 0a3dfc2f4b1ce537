# Downloads and unpacks the release for ARM and its build for JetPack 5, without the CUDA libraries for servers.
mkdir -p /opt/ollama
curl --fail --location --silent --show-error --retry 3 --output /tmp/ollama.tar.zst "${RELEASE}/ollama-linux-arm64.tar.zst"
echo "${SHA256}  /tmp/ollama.tar.zst" | sha256sum --check --strict
curl --fail --location --silent --show-error --retry 3 --output /tmp/jetpack5.tar.zst "${RELEASE}/ollama-linux-arm64-jetpack5.tar.zst"
echo "${JETPACK_SHA256}  /tmp/jetpack5.tar.zst" | sha256sum --check --strict
for one in ollama jetpack5; do
    zstd --decompress --stdout "/tmp/${one}.tar.zst" |
        tar --extract --directory=/opt/ollama --no-same-owner --exclude='*/cuda_v12' --exclude='*/cuda_v13'
done
