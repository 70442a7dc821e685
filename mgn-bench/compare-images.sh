#!/bin/sh
# Decoding, resizing and normalising, mgn4j and Pillow in turn, one thread each: sh mgn-bench/compare-images.sh [ROUNDS] [SECONDS]
# Needs ./mvnw -pl mgn-bench -am package -DskipTests before, and python3-pil, python3-numpy. JAVA chooses another runtime.
set -eu
cd "$(dirname "$0")/.."
rounds=${1:-5} seconds=${2:-4}
work=mgn-bench/target/images
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
if [ ! -d "$work/made" ]; then
  mkdir -p "$work"
  ./mgn synth --out "$work/synth" --ids 20 --cameras 2 --images 3 --size 64x128 --force >&2
  /usr/bin/python3 tools/reference/bench_images.py make "$work/synth" "$work/making"
  mv "$work/making" "$work/made"
fi
: > "$work/results.jsonl"
for round in $(seq "$rounds"); do
  echo "round $round, load $(cut -d' ' -f1 /proc/loadavg)" >&2
  for folder in "$work"/made/*; do
    "${JAVA:-java}" -Xmx1g -XX:+UseSerialGC -cp "mgn-bench/target/mgn-bench.jar:$(cat mgn-bench/target/classpath.txt)" \
      io.github.mgn4j.bench.ImageThroughput "$folder" "$seconds" >> "$work/results.jsonl"
    /usr/bin/python3 tools/reference/bench_images.py run "$folder" "$seconds" >> "$work/results.jsonl"
  done
done
/usr/bin/python3 tools/reference/bench_images.py summary "$work/results.jsonl"
