#!/bin/sh
# The feature network's speed on a GPU, mgn4j and PyTorch in turn: sh mgn-bench/gpu.sh JAR [KIT] [OUT]
#   JAR  the benchmark in one file: ./mvnw -B -Pgpu-jar -pl mgn-bench -am package -DskipTests makes mgn-bench/target/mgn-bench-gpu.jar
#   KIT  a folder with Java and ONNX Runtime for a machine that has neither; "-" for the java on the PATH and the ONNX Runtime that
#        CLASSPATH names (com.microsoft.onnxruntime:onnxruntime_gpu)
#   OUT  folder for gpu-mgn4j.md, gpu-jmh.log and gpu-pytorch.md (default: .)
# MGN_GPU_ARGS holds JMH's arguments for ours (-p batch=1,64 -r 2 ...), MGN_PYTORCH_ARGS PyTorch's (none: leave it out); PYTHON names
# its Python. Exit code 1 if something could not be measured or had the wrong features.
set -u
cd "$(dirname "$0")/.." || exit 1
jar=${1:?the benchmark jar is wanted} kit=${2:--} out=${3:-.}
mkdir -p "$out"
status=0
if [ "$kit" = - ]; then
  # shellcheck disable=SC2086 # a list of words
  java -cp "$jar:${CLASSPATH:-}" io.github.mgn4j.bench.GpuReport -o "$out/gpu-jmh.log" ${MGN_GPU_ARGS:-} >"$out/gpu-mgn4j.md" || status=1
else
  # shellcheck disable=SC2086
  "$kit/run-on-gpu.sh" "$kit" -- -cp "$jar" io.github.mgn4j.bench.GpuReport -o "$out/gpu-jmh.log" ${MGN_GPU_ARGS:-} >"$out/gpu-mgn4j.md" || status=1
fi
cat "$out/gpu-mgn4j.md"
if [ "${MGN_PYTORCH_ARGS:-}" != none ]; then
  # shellcheck disable=SC2086
  (cd tools/reference && "${PYTHON:-python3}" gpu_pytorch.py ${MGN_PYTORCH_ARGS:---modes eager,reduce-overhead}) >"$out/gpu-pytorch.md" || status=1
  cat "$out/gpu-pytorch.md"
fi
exit $status
