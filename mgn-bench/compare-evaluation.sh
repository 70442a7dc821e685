#!/bin/sh
# Evaluation and re-ranking of feature files, mgn4j and Python in turn, each in a process of its own:
#   sh mgn-bench/compare-evaluation.sh [small|market|msmt17] [ROUNDS] [FOLDER]
# Needs ./mvnw -pl mgn-bench -am package -DskipTests before, and a Python with a NumPy whose BLAS is fast (pip's; Debian's has
# a slow one) and, for the compiled peer, Cython: PYTHON=/path/to/venv/bin/python. msmt17 runs mgn4j alone: in Python each
# matrix would take 35 GB.
set -eu
cd "$(dirname "$0")/.."
size=${1:-small} rounds=${2:-3} folder=${3:-${TMPDIR:-/tmp}/mgn-bench-evaluation/${1:-small}}
export OMP_WAIT_POLICY="${OMP_WAIT_POLICY:-PASSIVE}"
# Older OpenBLAS takes processors it does not know for ones without AVX.
[ -n "${OPENBLAS_CORETYPE:-}" ] || ! grep -q avx512bw /proc/cpuinfo || export OPENBLAS_CORETYPE=SkylakeX
export PYTHON="${PYTHON:-python3}"
exec "$PYTHON" tools/reference/compare_evaluation.py "$size" "$rounds" "$folder" \
  "mgn-bench/target/mgn-bench.jar:$(cat mgn-bench/target/classpath.txt)"
