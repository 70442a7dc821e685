#!/bin/sh
# Builds every published jar twice, in two places, and compares the bytes: sh tools/reproducible.sh
# With an argument, some of them alone: sh tools/reproducible.sh mgn-core,mgn-losses
# The jars are those of a release (sources and Javadoc too), without signatures. Takes two builds without tests.
set -eu

modules=${1:-}
home=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# What git would commit: tracked files and new ones, as they are now.
copy() {
  mkdir -p -- "$1"
  (cd -- "$home" && git ls-files -z --cached --others --exclude-standard |
    tar --null --ignore-failed-read -T - -cf - 2>/dev/null) | tar -xf - -C "$1"
}

# The modules whose jars are published, by what their POMs say.
published() {
  for pom in */pom.xml; do
    grep -q '<maven.deploy.skip>true' "$pom" || printf '%s\n' "${pom%/pom.xml}"
  done
}

build() {
  (
    cd -- "$1"
    ./mvnw -B -q -Prelease -Dgpg.skip -Dmaven.test.skip=true -Dspotless.check.skip=true -Djacoco.skip=true \
      -Denforcer.skip=true -pl ".,${modules:-$(published | paste -sd , -)}" package >&2
    find . -path '*/target/*' \( -name '*.jar' -o -name 'bom.json' -o -name 'bom.xml' \) -type f | sort | xargs sha256sum
  ) >"$1.sums"
}

copy "$work/one"
copy "$work/the second"
build "$work/one"
sleep 2 # so that times that are written down differ
build "$work/the second"
if ! grep -q 'mgn-core.*\.jar' "$work/one.sums"; then
  echo "no jar was built" >&2
  exit 1
fi
if ! diff "$work/one.sums" "$work/the second.sums"; then
  echo "the builds differ, see above" >&2
  exit 1
fi
echo "$(wc -l <"$work/one.sums") files, the same in both builds"
