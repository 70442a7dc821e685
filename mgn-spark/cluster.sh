#!/bin/sh
# Starts Spark's standalone cluster on this machine, one master and two workers, extracts the features of a folder on it, and
# kills one worker in the middle. Then compares with a run in one JVM: no image may be missing, none may be there twice, and the
# features are the same up to the engine's rounding. Nothing is downloaded but by Maven: the jars of the build are the
# installation. Everything is written into a new folder, which is kept if something is wrong.
#
# mgn-spark/cluster.sh MODEL IMAGES [OPTIONS OF ExtractJob]
set -eu
if [ $# -lt 2 ]; then
    echo "usage: mgn-spark/cluster.sh MODEL IMAGES [--engine E] [--batch N] ..." >&2
    exit 2
fi
model=$(realpath "$1")
images=$(realpath "$2")
shift 2
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/mgn-spark/spark.sh"

start_cluster 2
echo "master $master and two workers"

(submit cluster "$master" "$model" "$images" --npy "$work/cluster.npy" "$@") &
job=$!
for _ in $(seq 600); do
    done=$(cat "$work"/worker2/*/*/stderr 2> /dev/null | grep -c "Finished task" || true)
    if [ "$done" -ge 3 ]; then break; fi
    kill -0 $job 2> /dev/null || { echo "the job ended before a worker could be killed, give more images" >&2; exit 1; }
    sleep 0.2
done
[ "$done" -ge 3 ] || { echo "worker 2 finished no tasks" >&2; exit 1; }
executors=$(ps -o pid= --ppid "$victim")
# shellcheck disable=SC2086
kill -9 "$victim" $executors
echo "killed worker 2 and its executor after $done of its tasks"
wait $job || { tail -5 "$work/cluster.log" >&2; exit 1; }
job=""
grep -q "Lost executor" "$work/cluster.log" || { echo "the driver missed no executor" >&2; exit 1; }

submit local 'local[*]' "$model" "$images" --npy "$work/local.npy" "$@" || { tail -5 "$work/local.log" >&2; exit 1; }
cmp "$work/cluster.csv" "$work/local.csv"
rows=$(($(wc -l < "$work/local.csv") - 1))
[ "$(cut -d, -f2- "$work/cluster.csv" | sort -u | wc -l)" -eq $((rows + 1)) ]
echo "$rows rows, each image once, as in one JVM"
if cmp -s "$work/cluster.npy" "$work/local.npy"; then
    echo "the features are the same bit for bit"
else
    echo "the features differ in bits, as they may where an engine rounds by batch size"
fi
