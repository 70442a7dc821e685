#!/bin/sh
# Measures mgn-spark on this machine and prints Markdown tables:
#
# mgn-spark/bars.sh throughput [small|full] [IMAGES] [ROUNDS]    Spark on all cores beside the calls of ./mgn extract, by turns
# mgn-spark/bars.sh commands [small|full] [IMAGES] [ROUNDS]      the same as two commands, starts included
# mgn-spark/bars.sh executors [small|full] [IMAGES]    one and two executors of one core, at IMAGES and four times as many:
#                                                       time, and memory of the executors
# mgn-spark/bars.sh pipeline [ROWS] [HEAP]    small rows through features, evaluation, .npy and gallery, without a network
#
# Needs ./mvnw -pl mgn-spark,mgn-cli -am package -DskipTests before. small and full are networks with formula weights: the tests' and the paper's.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
what=${1:-}
case $what in throughput | commands | executors | pipeline) ;; *) sed -n '2,11s/^# \{0,1\}//p' "$0" >&2; exit 2 ;; esac
shift
. "$root/mgn-spark/spark.sh"
package=io.github.mgn4j.spark.bars
processors=$(nproc)

# Runs a program of the tests with HEAP: bar HEAP CLASS [ARGUMENTS]
bar() ( # shellcheck disable=SC2086
    heap=$1
    class=$2
    shift 2
    exec java $opens -Xmx"$heap" -Dspark.master="local[$processors]" -Dspark.ui.enabled=false \
        -Dspark.local.dir="$work/scratch" -cp "$root/mgn-spark/target/test-classes:$SPARK_HOME/jars/*" "$package.$class" "$@" 2>> "$work/bar.log"
)

# Makes $model and $images: inputs NETWORK COUNT
inputs() {
    bar 2g BarInputs models "$work"
    model=$work/$1.safetensors
    images=$work/images
    bar 1g BarInputs images "$images/1" "$2"
}

machine() {
    sed -n 's/^model name.*: //p' /proc/cpuinfo | sort | uniq -c | tr -s ' '
    echo "load $(cut -d' ' -f1-3 /proc/loadavg)"
}

machine
case $what in
throughput)
    inputs "${1:-small}" "${2:-1600}"
    bar 2g ThroughputBar "$model" "$images" onednn "${3:-5}"
    ;;
commands)
    inputs "${1:-small}" "${2:-1600}"
    echo "| round | command: s | Spark: s |"
    echo "|---|---:|---:|"
    for round in $(seq "${3:-3}"); do
        start=$(date +%s.%N)
        "$root/mgn" extract --model "$model" --images "$images" --engine onednn --out "$work/F$round.npy" > /dev/null 2>> "$work/bar.log"
        middle=$(date +%s.%N)
        submit "run$round" "local[$processors]" "$model" "$images" --engine onednn
        end=$(date +%s.%N)
        echo "$round $start $middle $end" | awk '{ printf "| %d | %.1f | %.1f |\n", $1, $3 - $2, $4 - $3 }'
    done
    ;;
executors)
    inputs "${1:-small}" "${2:-800}"
    for copy in 2 3 4; do cp -r "$images/1" "$images/$copy"; done
    # One core each: the engine's threads, too. The log of the collector says how much heap was in use.
    echo "| executors | images | s | the executors' processor s | most resident MB of an executor | most heap MB, limit 1024 |"
    echo "|---|---:|---:|---:|---:|---:|"
    for workers in 1 2; do
        for folder in "$images/1" "$images"; do
            name=w$workers-$(basename "$folder")
            start_cluster "$workers"
            conf="--conf spark.executorEnv.OMP_NUM_THREADS=1 --conf spark.executor.extraJavaOptions=-Xlog:gc:file=$work/$name.gc.%p"
            start=$(date +%s.%N)
            (submit "$name" "$master" "$model" "$folder" --engine onednn) &
            job=$!
            resident=0
            : > "$work/$name.ticks"
            while kill -0 $job 2> /dev/null; do
                for id in $started; do
                    for executor in $(ps -o pid= --ppid "$id" 2> /dev/null); do
                        now=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$executor/status" 2> /dev/null || true)
                        if [ "${now:-0}" -gt "$resident" ]; then resident=$now; fi
                        sed 's/.*) //' "/proc/$executor/stat" 2> /dev/null | awk -v id="$executor" '{ print id, $12 + $13 }' >> "$work/$name.ticks"
                    done
                done
                sleep 0.3
            done
            wait $job || { tail -5 "$work/$name.log" >&2; exit 1; }
            job=""
            end=$(date +%s.%N)
            stop_started
            count=$(find "$folder" -name '*.png' -o -name '*.jpg' | wc -l)
            heap=$(sed -n 's/.* \([0-9]*\)M->[0-9]*M(.*/\1/p' "$work/$name".gc.* | sort -n | tail -1)
            ticks=$(awk '{ last[$1] = $2 } END { for (id in last) sum += last[id]; print sum }' "$work/$name.ticks")
            echo "$workers $count $start $end $ticks $resident $heap" |
                awk '{ printf "| %d | %d | %.1f | %.1f | %d | %d |\n", $1, $2, $4 - $3, $5 / 100, $6 / 1024, $7 }'
        done
    done
    ;;
pipeline)
    mkdir "$work/pipeline"
    bar "${2:-2g}" PipelineBar "$work/pipeline" "${1:-100000}"
    du -sm "$work/pipeline"/* | awk '{ n = split($2, part, "/"); print part[n] ": " $1 " MB" }'
    ;;
esac
machine
