#!/bin/sh
# The engines and their peers (DJL, ONNX Runtime) in turn, each in a process of its own and as its experts would run it:
#   sh mgn-bench/compare-engines.sh MODEL [ROUNDS] [SECONDS] [ONLY]
# MODEL: calibrated, if int8 is to be measured. SECONDS for each figure. ONLY: contenders whose names contain this regular expression,
# as 'fp32|djl/bf16 fused'. Needs ./mvnw -B -Ppeers -pl mgn-bench -am package -DskipTests before, and python3-torch (PYTHON).
set -eu
model=$(readlink -f "$1")
cd "$(dirname "$0")/.."
rounds=${2:-2} seconds=${3:-3} only=${4:-.}
peers=mgn-bench/target/peers
files=$(pwd)/$peers/files
python=${PYTHON:-/usr/bin/python3}
classpath=$peers/mgn-bench.jar:$(cat "$peers/classpath.txt")
sum=$(cksum "$model" tools/reference/trace_mgn.py)
if [ "$sum" != "$(cat "$files/made-of" 2>/dev/null)" ]; then
  echo "making the peers' files" >&2
  rm -rf "$files"
  mkdir -p "$files/frozen" "$files/fused" "$files/onnx"
  for kind in frozen fused; do
    for type in fp32 bf16; do
      "$python" tools/reference/trace_mgn.py "$model" "$files/$kind/$type.pt" --kind "$kind" --dtype "$type"
    done
  done
  ./mgn synth --out "$files/people" --ids 4 --cameras 2 --images 4 --size 64x128 >&2
  ./mgn export --model "$model" --onnx "$files/onnx/fp32.onnx" >&2
  ./mgn export --model "$model" --onnx "$files/onnx/int8.onnx" --precision int8 --calibrate "$files/people" >&2
  ln -s ../onnx/fp32.onnx ../onnx/int8.onnx "$files/fused" # a folder with all, for JMH
  # DJL unpacks its natives once.
  DJL_CACHE_DIR=$files/djl java -Dmgn.peers="$files/frozen" -cp "$classpath" io.github.mgn4j.bench.EngineRun model="$model" \
    engine=djl/fp32 seconds=0 batches=1 reference="$files/reference.f32" >"$files/djl.log" 2>&1
  echo "$sum" >"$files/made-of"
fi
cat "$files"/frozen/*.pt "$files"/fused/*.pt "$files"/onnx/*.onnx "$model" >/dev/null
exec java -cp "$classpath" io.github.mgn4j.bench.EngineComparison "$model" "$files" "$rounds" "$seconds" "$only"
