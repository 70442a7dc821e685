#!/bin/sh
# MGN against its single global branch at equal iterations on synthetic people, several seeds: sh mgn-bench/ablation.sh [SEEDS] [OUT]
# The demo's recipe and data set; the seed decides weights, sampling and augmentation. Prints a table; some minutes a run.
set -eu
home=$(cd "$(dirname "$0")/.." && pwd)
seeds=${1:-3} out=${2:-$home/mgn-bench/target/ablation}
mkdir -p "$out"
[ -d "$out/data" ] || "$home/mgn" synth --out "$out/data" --ids 100 --cameras 4 --images 3
value() { sed -n "s/^ *\"$2\": *\([0-9.]*\),*$/\1/p" "$1" | head -n 1; }

echo "| network | seed | rank-1 | mAP |"
echo "|---|---|---|---|"
for preset in mgn global part-2 part-3; do
  sed "s/preset: mgn/preset: $preset/" "$home/mgn-cli/src/main/resources/io/github/mgn4j/cli/demo.yaml" >"$out/$preset.yaml"
  for seed in $(seq "$seeds"); do
    run=$out/$preset-$seed
    "$home/mgn" train --data "$out/data" --recipe "$out/$preset.yaml" --seed "$seed" --out "$run" --force 2>"$run.log"
    "$home/mgn" evaluate --model "$run/model.safetensors" --data "$out/data" --json "$run.json" --force >/dev/null 2>&1
    echo "| $preset | $seed | $(value "$run.json" rank1) | $(value "$run.json" mAP) |"
  done
done
