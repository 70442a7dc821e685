#!/bin/sh
# What a GPU lent for four minutes is asked, the most important lines first, each written as soon as it is measured:
#     sh mgn-bench/gpu-minutes.sh JAR [KIT] [OUT]       as for gpu.sh; the jar has JavaCPP's CUDA in it
# MGN_GPU_STEPS names the steps (default: all, in this order): peers int8 fp16 others autotune. PYTHON names the Python with torch.
set -u
cd "$(dirname "$0")/.." || exit 1
jar=${1:?the benchmark jar is wanted} kit=${2:--} out=${3:-.}
mkdir -p "$out"
status=0

ours() {
  if [ "$kit" = - ]; then
    timeout "$1" java -Dmgn.cudnn.cache="$out/cache" -cp "$jar" io.github.mgn4j.bench.CudnnReport "$2" "$3" || status=1
  else
    timeout "$1" "$kit/run-on-gpu.sh" "$kit" -- -Dmgn.cudnn.cache="$out/cache" -cp "$jar" \
      io.github.mgn4j.bench.CudnnReport "$2" "$3" || status=1
  fi
}

pytorch() {
  (cd tools/reference && timeout "$1" "${PYTHON:-python3}" gpu_pytorch.py --precisions fp16 --seconds 0.3 --modes "$2" --batches "$3") || status=1
}

for step in ${MGN_GPU_STEPS:-int8 fp16 peers others autotune}; do
  echo "== $step"
  case $step in
    int8) ours 50 int8:tune:64 int8:tune:256 ;;
    fp16) ours 45 fp16:heuristic:1,64,256 fp16:tune:64 ;;
    peers) pytorch 30 eager 64,256,1; pytorch 50 reduce-overhead 64 ;;
    others) ours 40 bf16:heuristic:64 fp32:tune:64 ;;
    autotune) pytorch 120 max-autotune 64 ;;
    *) echo "unknown step $step" >&2; exit 2 ;;
  esac
done 2>>"$out/gpu-errors.txt" | tee "$out/gpu-minutes.txt"
exit $status
