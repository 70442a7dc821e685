#!/bin/sh
# Builds the distribution, unpacks it elsewhere and runs it: sh tools/check-dist.sh
# With an argument, an archive that is built already: sh tools/check-dist.sh mgn-cli/target/mgn4j-VERSION-PLATFORM.tar.gz
set -eu

home=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

fail() {
  echo "check-dist: $1" >&2
  exit 1
}

if [ $# -eq 0 ]; then
  rm -f -- "$home"/mgn-cli/target/mgn4j-*.tar.gz "$home"/mgn-cli/target/mgn4j-*.zip
  (cd -- "$home" && ./mvnw -B -q -Pdist -pl mgn-cli -am package -Dmaven.test.skip=true -Dspotless.check.skip=true \
    -Djacoco.skip=true)
  set -- "$home"/mgn-cli/target/mgn4j-*.tar.gz
fi
[ -f "$1" ] || fail "$1: no archive"
archive=$(CDPATH='' cd -- "$(dirname -- "$1")" && pwd -P)/$(basename -- "$1")

place="$work/a place with spaces"
mkdir -- "$place"
tar -xzf "$archive" -C "$place"
root=$(echo "$place"/mgn4j-*)
for file in bin/mgn bin/mgn.cmd lib LICENSE NOTICE README.txt THIRD-PARTY.txt; do
  [ -e "$root/$file" ] || fail "$file is missing"
done
[ -x "$root/bin/mgn" ] || fail "bin/mgn cannot be run"
grep -q 'Gson' "$root/THIRD-PARTY.txt" || fail "THIRD-PARTY.txt does not list the libraries"
for jar in "$root"/lib/*.jar; do
  case $(basename -- "$jar") in
    mgn-*)
      for file in META-INF/LICENSE META-INF/NOTICE; do
        unzip -l "$jar" "$file" >/dev/null || fail "$(basename -- "$jar") has no $file"
      done
      unzip -p "$jar" META-INF/MANIFEST.MF | grep -q '^Automatic-Module-Name: io\.github\.mgn4j\.[a-z0-9]*.$' ||
        fail "$(basename -- "$jar") has no module name"
      ;;
  esac
done
zip=${archive%.tar.gz}.zip
if [ -f "$zip" ]; then
  mkdir -- "$work/zip"
  unzip -q "$zip" -d "$work/zip"
  diff -r "$place" "$work/zip" || fail "the two archives differ"
fi

cd -- "$work"
ln -s "$root/bin/mgn" linked
./linked --version | grep -q '^mgn' || fail "--version says '$(./linked --version)'"
./linked synth --out people --ids 4 --cameras 2 --images 2 --size 40x80 2>/dev/null
cat >recipe.yaml <<'RECIPE'
p: 2
k: 2
iterations: 2
augment: [flip]
checkpoint-every: 0
network: {preset: mgn, depth: 18, width: 0.0625, input: [96, 48], embedding: 8}
RECIPE
./linked -q train --data people --recipe recipe.yaml --out run 2>err || fail "train: $(cat err)"
[ ! -s err ] || fail "train says on standard error: $(cat err)"
for engine in onednn samediff onnx; do
  ./linked -q extract --model run/model.safetensors --images people/query --engine "$engine" --out "$engine.npy" 2>err ||
    fail "extract with $engine: $(cat err)"
done
status=0
./linked info none.safetensors >out 2>err || status=$?
[ "$status" -eq 2 ] && [ ! -s out ] && [ "$(wc -l <err)" -eq 1 ] || fail "a refused call ends with $status: $(cat out err)"
echo "$(basename -- "$archive"): unpacked and run ($(du -h "$archive" | cut -f 1), $(find "$root/lib" -name '*.jar' | wc -l) jars)"
