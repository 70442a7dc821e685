#!/bin/sh
# What each precision costs in accuracy: features of a data set's query and gallery by every engine, evaluated:
#   sh mgn-bench/compare-precisions.sh MODEL DATA [OUT]
# MODEL trained, DATA in the Market-1501 layout; ./mgn demo --out demo leaves both: demo/run/model.safetensors, demo/data. bf16 runs where it is slower, too.
set -eu
model=$(readlink -f "$1") data=$(readlink -f "$2")
out=${3:-$(mktemp -d)}
mkdir -p "$out"
out=$(readlink -f "$out")
cd "$(dirname "$0")/.."
export JDK_JAVA_OPTIONS="-Dmgn.onednn.bf16=true"
./mgn calibrate --model "$model" --images "$data/bounding_box_train" --out "$out/model8.safetensors" --force
echo "| engine | rank-1 | mAP |"
echo "|---|---|---|"
for choice in samediff/fp32 onnx/fp32 onednn/fp32 onednn/bf16 onednn/int8; do
  for part in query:query bounding_box_test:gallery; do
    ./mgn extract --model "$out/model8.safetensors" --images "$data/${part%:*}" --out "$out/${part#*:}.npy" --engine "${choice%/*}" \
      --precision "${choice#*/}" --force 2>"$out/extract.log"
  done
  ./mgn evaluate --query "$out/query.npy" --gallery "$out/gallery.npy" --json "$out/metrics.json" --force >"$out/evaluate.log" 2>&1
  value() { sed -n 's/.*"'"$1"'": *\([0-9.]*\).*/\1/p' "$out/metrics.json" | awk '{printf "%.2f", 100 * $1}'; }
  echo "| $choice | $(value rank1) | $(value mAP) |"
done
