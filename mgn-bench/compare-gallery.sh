#!/bin/sh
# Searches of one gallery, mgn4j and Python in turn, each in a process of its own:
#   sh mgn-bench/compare-gallery.sh [ENTRIES] [ROUNDS] [FOLDER]
# Needs ./mvnw -pl mgn-bench -am package -DskipTests before, and a Python with NumPy; faiss-cpu and hnswlib are run if it has them:
# PYTHON=/path/to/venv/bin/python.
set -eu
cd "$(dirname "$0")/.."
entries=${1:-20000} rounds=${2:-2} folder=${3:-${TMPDIR:-/tmp}/mgn-bench-gallery/${1:-20000}}
mkdir -p "$(dirname "$folder")"
python=${PYTHON:-python3}
for round in $(seq "$rounds"); do
  java -Xmx4g -cp "mgn-bench/target/mgn-bench.jar:$(cat mgn-bench/target/classpath.txt)" \
    io.github.mgn4j.bench.GalleryRun "$folder" "$entries" 2048 exact approximate
  for peer in numpy faiss hnswlib; do
    if [ $peer = numpy ] || "$python" -c "import $peer" 2> /dev/null; then
      "$python" tools/reference/bench_gallery.py $peer "$folder"
    fi
  done
done
