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
[ -f "$root/mgn-spark/target/classpath.txt" ] || (cd "$root" && ./mvnw -B -q -pl mgn-spark -am package -DskipTests)

work=$(mktemp -d)
export SPARK_HOME="$work/spark" SPARK_LOCAL_IP=127.0.0.1 SPARK_LOCAL_DIRS="$work/scratch" SPARK_LOCAL_HOSTNAME=127.0.0.1
mkdir -p "$SPARK_HOME/jars" "$SPARK_HOME/conf" "$work/scratch"
: > "$SPARK_HOME/RELEASE" # makes Spark take its jars from there
export SPARK_SCALA_VERSION=2.13
for jar in $(tr ':' ' ' < "$root/mgn-spark/target/classpath.txt") "$root"/mgn-spark/target/mgn-spark-*.jar; do
    ln -s "$jar" "$SPARK_HOME/jars/$(basename "$jar")"
done

# JDK 17 and later open these to Spark only if asked; Spark's own launcher passes the same to executors.
opens="--add-modules=jdk.incubator.vector -Djdk.reflect.useDirectMethodHandle=false"
for name in java.lang java.lang.invoke java.lang.reflect java.io java.net java.nio java.util java.util.concurrent \
    java.util.concurrent.atomic jdk.internal.ref sun.nio.ch sun.nio.cs sun.security.action sun.util.calendar; do
    opens="$opens --add-opens=java.base/$name=ALL-UNNAMED"
done

spark() { # shellcheck disable=SC2086
    exec java -XX:+IgnoreUnrecognizedVMOptions $opens -Xmx1g -cp "$SPARK_HOME/conf:$SPARK_HOME/jars/*" "$@"
}

started=""
finish() {
    code=$?
    for id in $started; do
        children=$(ps -o pid= --ppid "$id" 2> /dev/null) || true
        # shellcheck disable=SC2086
        kill $id $children 2> /dev/null || true
    done
    if [ $code -eq 0 ]; then rm -rf "$work"; else echo "see $work" >&2; fi
}
trap finish EXIT
trap 'exit 130' INT TERM

# Waits until a file contains a text, for two minutes at most: await FILE TEXT
await() {
    for _ in $(seq 240); do
        if grep -qs -- "$2" "$1"; then return 0; fi
        sleep 0.5
    done
    echo "$1: '$2' was expected" >&2
    return 1
}

# Runs the job in a process of its own: submit NAME MASTER [OPTIONS]
submit() (
    name=$1
    master=$2
    shift 2
    spark org.apache.spark.deploy.SparkSubmit --master "$master" --conf spark.ui.enabled=false \
        --conf spark.executor.memory=1g --conf spark.executor.cores=1 --conf spark.sql.files.maxPartitionBytes=1m \
        --conf spark.sql.files.openCostInBytes=65536 \
        --class io.github.mgn4j.spark.ExtractJob "$(echo "$root"/mgn-spark/target/mgn-spark-*.jar)" \
        --model "$model" --images "$images" --out "$work/$name" --npy "$work/$name.npy" "$@" > "$work/$name.log" 2>&1
)

(spark org.apache.spark.deploy.master.Master --host 127.0.0.1 --port 0 --webui-port 0 > "$work/master.log" 2>&1) &
started=$!
await "$work/master.log" "Starting Spark master at"
master=$(sed -n 's/.*Starting Spark master at \(spark:[^ ]*\).*/\1/p' "$work/master.log")
for worker in 1 2; do
    (spark org.apache.spark.deploy.worker.Worker --host 127.0.0.1 --webui-port 0 --cores 1 --memory 1g \
        --work-dir "$work/worker$worker" "$master" > "$work/worker$worker.log" 2>&1) &
    started="$started $!"
    victim=$!
    await "$work/worker$worker.log" "Successfully registered with master"
done
echo "master $master and two workers"

(submit cluster "$master" "$@") &
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
grep -q "Lost executor" "$work/cluster.log" || { echo "the driver missed no executor" >&2; exit 1; }

submit local 'local[*]' "$@" || { tail -5 "$work/local.log" >&2; exit 1; }
cmp "$work/cluster.csv" "$work/local.csv"
rows=$(($(wc -l < "$work/local.csv") - 1))
[ "$(cut -d, -f2- "$work/cluster.csv" | sort -u | wc -l)" -eq $((rows + 1)) ]
echo "$rows rows, each image once, as in one JVM"
if cmp -s "$work/cluster.npy" "$work/local.npy"; then
    echo "the features are the same bit for bit"
else
    echo "the features differ in bits, as they may where an engine rounds by batch size"
fi
