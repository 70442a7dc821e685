# What cluster.sh and bars.sh share: Spark from the jars of the build, and a standalone cluster on this machine. Source it with the
# root of the checkout in $root; it makes the folder $work, which is removed when the script ends well.
classpath=$root/mgn-spark/target/classpath.txt
[ -f "$classpath" ] || (cd "$root" && ./mvnw -B -q -pl mgn-spark -am package -DskipTests)

work=$(mktemp -d)
export SPARK_HOME="$work/spark" SPARK_LOCAL_IP=127.0.0.1 SPARK_LOCAL_DIRS="$work/scratch" SPARK_LOCAL_HOSTNAME=127.0.0.1
mkdir -p "$SPARK_HOME/jars" "$SPARK_HOME/conf" "$work/scratch"
: > "$SPARK_HOME/RELEASE" # makes Spark take its jars from there
export SPARK_SCALA_VERSION=2.13
for jar in $(tr ':' ' ' < "$classpath") "$root"/mgn-spark/target/mgn-spark-*.jar; do
    ln -s "$jar" "$SPARK_HOME/jars/$(basename "$jar")"
done

# What the launchers of Spark 4.2 and 3.5 pass to a JDK 17 or later, to executors as well.
opens="-XX:+IgnoreUnrecognizedVMOptions --add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED
--add-opens=java.base/java.lang=ALL-UNNAMED --add-opens=java.base/java.lang.invoke=ALL-UNNAMED
--add-opens=java.base/java.lang.reflect=ALL-UNNAMED --add-opens=java.base/java.io=ALL-UNNAMED
--add-opens=java.base/java.net=ALL-UNNAMED --add-opens=java.base/java.nio=ALL-UNNAMED
--add-opens=java.base/java.util=ALL-UNNAMED --add-opens=java.base/java.util.concurrent=ALL-UNNAMED
--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED --add-opens=java.base/jdk.internal.ref=ALL-UNNAMED
--add-opens=java.base/sun.nio.ch=ALL-UNNAMED --add-opens=java.base/sun.nio.cs=ALL-UNNAMED
--add-opens=java.base/sun.security.action=ALL-UNNAMED --add-opens=java.base/sun.util.calendar=ALL-UNNAMED
--add-opens=java.security.jgss/sun.security.krb5=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow
-Dio.netty.tryReflectionSetAccessible=true -Dio.netty.allocator.type=pooled
-Dio.netty.handler.ssl.defaultEndpointVerificationAlgorithm=NONE -Djdk.reflect.useDirectMethodHandle=false"

# Runs a class of Spark in this process: spark [-JVM OPTIONS] CLASS [ARGUMENTS]
spark() { # shellcheck disable=SC2086
    exec java $opens -Xmx1g -cp "$SPARK_HOME/conf:$SPARK_HOME/jars/*" "$@"
}

started=""
job=""
stop_started() {
    for id in $started $job; do
        children=$(ps -o pid= --ppid "$id" 2> /dev/null) || true
        # shellcheck disable=SC2086
        kill $id $children 2> /dev/null || true
    done
    started=""
    job=""
}
finish() {
    code=$?
    stop_started
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

# Starts a master and some workers of one core: start_cluster WORKERS. Sets $master and $victim, the process of the last worker.
start_cluster() {
    logs=$(mktemp -d "$work/logs.XXXXXX")
    (spark org.apache.spark.deploy.master.Master --host 127.0.0.1 --port 0 --webui-port 0 > "$logs/master.log" 2>&1) &
    started=$!
    await "$logs/master.log" "Starting Spark master at"
    master=$(sed -n 's/.*Starting Spark master at \(spark:[^ ]*\).*/\1/p' "$logs/master.log")
    for worker in $(seq "$1"); do
        (spark org.apache.spark.deploy.worker.Worker --host 127.0.0.1 --webui-port 0 --cores 1 --memory 1g \
            --work-dir "$work/worker$worker" "$master" > "$logs/worker$worker.log" 2>&1) &
        victim=$!
        started="$started $victim"
        await "$logs/worker$worker.log" "Successfully registered with master"
    done
}

# Extracts features in a process of its own: submit NAME MASTER MODEL IMAGES [OPTIONS OF ExtractJob]; $conf holds more for spark-submit
conf=""
submit() ( # shellcheck disable=SC2086
    name=$1
    master=$2
    model=$3
    images=$4
    shift 4
    spark org.apache.spark.deploy.SparkSubmit --master "$master" --conf spark.ui.enabled=false \
        --conf spark.executor.memory=1g --conf spark.executor.cores=1 --conf spark.sql.files.maxPartitionBytes=1m \
        --conf spark.sql.files.openCostInBytes=65536 $conf \
        --class io.github.mgn4j.spark.ExtractJob "$(echo "$root"/mgn-spark/target/mgn-spark-*.jar)" \
        --model "$model" --images "$images" --out "$work/$name" "$@" > "$work/$name.log" 2>&1
)
