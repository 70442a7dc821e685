#!/bin/sh
# Fuzzes what the library reads, in the background's priority:
#     sh mgn-fuzz/fuzz.sh SECONDS [TARGET...]      targets: Csv Image Json Npy Pickle Pth Safetensors Yaml (default: all)
# Seeds are mgn-fuzz/corpus and the fixtures of images and NumPy files. New inputs and findings go to mgn-fuzz/target/TARGET;
# a finding is mended, and its input, made small, becomes a case of the module's tests and a file of the corpus.
set -eu
seconds=${1:?seconds for each target}
shift
[ $# -gt 0 ] || set -- Csv Image Json Npy Pickle Pth Safetensors Yaml
cd -- "$(dirname -- "$0")/.."
./mvnw -B -q -Pfuzz -pl mgn-fuzz -am package -Dmaven.test.skip=true -Dspotless.check.skip=true \
  org.apache.maven.plugins:maven-dependency-plugin:build-classpath -Dmdep.outputFile=target/classpath.txt
home=$(pwd)
classpath=$home/mgn-fuzz/target/classes:$(cat mgn-fuzz/target/classpath.txt)
for target in "$@"; do
  name=$(echo "$target" | tr '[:upper:]' '[:lower:]')
  folder=$home/mgn-fuzz/target/$target
  mkdir -p "$folder/inputs"
  seeds=$home/mgn-fuzz/corpus/$name
  longest=8192
  case $name in
    image) seeds=$home/mgn-core/src/test/resources/image/decode ;;
    npy) seeds=$home/mgn-core/src/test/resources/npy ;;
    pth | safetensors) longest=131072 ;;
  esac
  echo "$target: $seconds s, log: $folder/log"
  (cd "$folder" && nice -n 19 java -Xmx1500m -cp "$classpath" com.code_intelligence.jazzer.Jazzer \
    --target_class="io.github.mgn4j.fuzz.${target}Target" \
    --instrumentation_includes='io.github.mgn4j.**:com.google.gson.**:org.snakeyaml.**' --keep_going=5 \
    --reproducer_path="$folder" inputs "$seeds" -max_total_time="$seconds" -timeout=25 -rss_limit_mb=3500 \
    -max_len=$longest -print_final_stats=1) >"$folder/log" 2>&1 || echo "$target: a finding, see $folder/log"
  grep -E 'number_of_executed_units|^#.*DONE|== Java Exception' "$folder/log" || true
done
