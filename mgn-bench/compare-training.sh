#!/bin/sh
# Training steps of the full MGN, mgn4j and PyTorch in turn: sh mgn-bench/compare-training.sh [P] [K] [STEPS] [ROUNDS]
# PRECISION=bf16 for the steps of mgn4j.
# Needs ./mvnw -pl mgn-bench -am package -DskipTests before, and python3-torch, python3-torchvision.
set -eu
cd "$(dirname "$0")/.."
p=${1:-4} k=${2:-4} steps=${3:-4} rounds=${4:-3}
export MALLOC_TRIM_THRESHOLD_=8589934592 MALLOC_MMAP_THRESHOLD_=8589934592 OMP_WAIT_POLICY=PASSIVE
peak='import resource; print("mgn4j peak", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, "MB")'
for round in $(seq "$rounds"); do
  echo "round $round, load $(cut -d' ' -f1 /proc/loadavg)"
  /usr/bin/python3 -c "import subprocess, sys; subprocess.run(sys.argv[1:], check=True); $peak" \
    java -Xmx2g -Dorg.bytedeco.javacpp.maxphysicalbytes=20g -cp "mgn-bench/target/mgn-bench.jar:$(cat mgn-bench/target/classpath.txt)" \
    io.github.mgn4j.bench.TrainingSteps mgn "$p" "$k" "$steps" "${PRECISION:-fp32}" 2>/dev/null | grep mgn4j
  (cd tools/reference && /usr/bin/python3 bench_training.py "$p" "$k" "$steps")
done
