#!/bin/sh
# What a GPU lent for four minutes is asked, the most important lines first, each written as soon as it is measured:
#     sh mgn-bench/gpu-minutes.sh JAR [KIT] [OUT]       as for gpu.sh; the jar has JavaCPP's CUDA in it
# MGN_GPU_STEPS names the steps (default: all, in this order): int8 fp16 peers others opens jmh autotune. PYTHON names the Python with
# torch. rehearse-gpu.sh runs our steps without a GPU: a fault found there costs no lent minute.
set -u
cd "$(dirname "$0")/.." || exit 1
jar=${1:?the benchmark jar is wanted} kit=${2:--} out=${3:-.}
mkdir -p "$out"
status=0

# The report on a list of measurements, within seconds.
# shellcheck disable=SC2086 # $2 is the list
ours() {
  if [ "$kit" = - ]; then
    timeout "$1" java -Dmgn.cudnn.cache="$out/cache" -cp "$jar" io.github.mgn4j.bench.CudnnReport $2 || status=1
  else
    timeout "$1" "$kit/run-on-gpu.sh" "$kit" -- -Dmgn.cudnn.cache="$out/cache" -cp "$jar" \
      io.github.mgn4j.bench.CudnnReport $2 || status=1
  fi
}

pytorch() {
  (cd tools/reference && timeout "$1" "${PYTHON:-python3}" gpu_pytorch.py --precisions fp16 --seconds 0.3 --modes "$2" --batches "$3") || status=1
}

{
  for step in ${MGN_GPU_STEPS:-int8 fp16 peers others opens jmh autotune}; do
    echo "== $step"
    case $step in
      int8) ours 50 "int8:tune:64 int8:tune:256" ;;
      fp16) ours 45 "fp16:heuristic:1,64,256 fp16:tune:64" ;;
      peers) pytorch 30 eager 64,256,1; pytorch 50 reduce-overhead 64 ;;
      others) ours 40 "bf16:heuristic:64 fp32:tune:64" ;;
      opens) ours 60 fp16:opens:40 ;;
      jmh)
        MGN_GPU_ARGS="-p precision=fp16 -p batch=1,64 -f 1 -wi 1 -w 1 -i 2 -r 1" MGN_PYTORCH_ARGS=none \
          timeout 90 sh mgn-bench/gpu.sh "$jar" "$kit" "$out" || status=1
        ;;
      autotune) pytorch 120 max-autotune 64 ;;
      *) echo "unknown step $step" >&2; exit 2 ;;
    esac
  done
  echo $status >"$out/gpu-status"
} 2>>"$out/gpu-errors.txt" | tee "$out/gpu-minutes.txt"
# The steps ran in a process of their own, so that their status is in a file.
exit "$(cat "$out/gpu-status")"
