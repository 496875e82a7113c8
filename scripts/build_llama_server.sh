#!/usr/bin/env bash
# Build llama.cpp's server for the inference tests: build_llama_server.sh PYTHON FOLDER (about seven minutes of one core)
set -euo pipefail
python=$1 folder=$(mkdir -p "$2" && cd "$2" && pwd)
version=0.3.36   # of llama-cpp-python, whose source distribution carries llama.cpp

command -v c++ >/dev/null || "$(dirname "$0")/system.sh" g++
"$python" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check cmake ninja
"$folder/venv/bin/pip" download --quiet --disable-pip-version-check --no-deps --no-binary llama-cpp-python \
  --dest "$folder" "llama-cpp-python==$version"
tar --extract --gzip --strip-components=1 --directory "$folder" \
  --file "$folder/llama_cpp_python-$version.tar.gz" "llama_cpp_python-$version/vendor/llama.cpp"

export PATH="$folder/venv/bin:$PATH"
cmake -S "$folder/vendor/llama.cpp" -B "$folder" -G Ninja -Wno-dev --log-level=WARNING \
  -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_FLAGS_RELEASE=-O1 -DCMAKE_CXX_FLAGS_RELEASE=-O1 \
  -DGGML_NATIVE=OFF -DGGML_OPENMP=OFF -DGGML_LLAMAFILE=OFF -DBUILD_SHARED_LIBS=OFF -DLLAMA_OPENSSL=OFF \
  -DLLAMA_BUILD_UI=OFF -DLLAMA_USE_PREBUILT_UI=OFF -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF
cmake --build "$folder" --target llama-server
