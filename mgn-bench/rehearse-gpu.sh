#!/bin/sh
# What gpu-minutes.sh will run on a GPU, here and without one: on the emulator of mgn-cudnn's tests (Linux x86-64, g++).
#     sh mgn-bench/rehearse-gpu.sh [OUT]
# The article's network is not computed, because that would take hours: its features are WRONG, and times are not a GPU's. JMH's part runs
# the tiny network, whose features are checked. Exit code 1 if a step ends before its end.
set -u
cd "$(dirname "$0")/.." || exit 1
out=${1:-mgn-bench/target/rehearsal}
emulator=$PWD/mgn-cudnn/target/emulator
jar=mgn-bench/target/mgn-bench-gpu.jar
mkdir -p "$out"
rm -f "$out"/gpu-*

./mvnw -B -q -Pgpu-jar -pl mgn-bench -am package -DskipTests || exit 1
./mvnw -B -q -pl mgn-cudnn -am test -Dtest='EmulatedGpuTest#tooLittleMemoryIsTold' -Dsurefire.failIfNoSpecifiedTests=false || exit 1
libraries=$(ls "$emulator"/libemulator.so "$emulator"/libcu*.so.* "$emulator"/libnvrtc.so.* | tr '\n' ' ')

LD_PRELOAD=$libraries MGN_EMULATOR_IDLE=1 MGN_GPU_STEPS="int8 fp16 others opens" sh mgn-bench/gpu-minutes.sh "$jar" - "$out"
status=0
if grep -E "FAILED|Exception" "$out/gpu-minutes.txt" "$out/gpu-errors.txt"; then status=1; fi
[ "$(grep -c 'images/s' "$out/gpu-minutes.txt")" = 8 ] || status=1

LD_PRELOAD=$libraries MGN_PYTORCH_ARGS=none \
  MGN_GPU_ARGS="-p network=tiny -p batch=1 -p precision=fp32,fp16 -f 1 -wi 1 -w 200ms -i 1 -r 200ms -jvmArgsAppend -Dmgn.cudnn.cache=$out/cache" \
  sh mgn-bench/gpu.sh "$jar" - "$out" || status=1
[ $status = 0 ] && echo "rehearsed" || echo "a step failed: see $out" >&2
exit $status
