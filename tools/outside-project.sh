#!/bin/sh
# Installs the library into an empty local repository, then builds and runs a project outside of this one that depends on
# it as README.md shows: sh tools/outside-project.sh
# Everything comes from Maven Central anew, about 600 MB with the build's plugins. ~/.m2 is neither read nor written.
set -eu

home=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
repository=$work/repository

fail() {
  echo "outside-project: $1" >&2
  exit 1
}

# A copy, so that nothing of an earlier build takes part.
mkdir -- "$work/checkout" "$work/outside"
(cd -- "$home" && git ls-files -z --cached --others --exclude-standard |
  tar --null --ignore-failed-read -T - -cf - 2>/dev/null) | tar -xf - -C "$work/checkout"
cd -- "$work/checkout"
./mvnw -B -q -Dmaven.repo.local="$repository" install -Dmaven.test.skip=true -Dspotless.check.skip=true -Djacoco.skip=true \
  -pl '!mgn-bench,!examples,!examples/feature-service'
for module in mgn4j mgn-bom mgn-core mgn-eval mgn-onednn mgn-cli; do
  [ -d "$repository/io/github/mgn4j/$module" ] || fail "$module has not been installed"
done
[ ! -e "$repository/io/github/mgn4j/mgn-bench" ] || fail "mgn-bench has been installed"

# The block of the README, as a user would paste it.
block=$(awk '/^```xml/ { inside = 1; text = ""; next } /^```/ && inside { inside = 0; if (text ~ /mgn-bom/) { printf "%s", text; exit } } inside { text = text $0 "\n" }' README.md)
[ -n "$block" ] || fail "README.md has no xml block with the BOM"

cd -- "$work/outside"
cp -- "$work/checkout/mvnw" .
mkdir -p .mvn src/main/java
cp -R -- "$work/checkout/.mvn/wrapper" .mvn/
cat >pom.xml <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>outside</groupId>
  <artifactId>outside</artifactId>
  <version>1</version>
  <properties>
    <maven.compiler.release>17</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
$block
</project>
POM
cat >src/main/java/Outside.java <<'JAVA'
import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.model.WeightInit;
import io.github.mgn4j.spec.MgnSpec;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes a small model, and a feature with it. */
public class Outside {
    public static void main(String... args) throws Exception {
        Path file = Files.createTempFile("mgn", ".safetensors");
        MgnSpec spec = MgnSpec.builder().backbone(18, 1.0 / 16).input(96, 32).classes(2).build();
        ModelFile.save(file, WeightInit.initialise(spec, 1));
        try (FeatureExtractor extractor = FeatureExtractor.open(file)) {
            float[] feature = extractor.extract(new BufferedImage(32, 96, BufferedImage.TYPE_INT_RGB));
            System.out.println(extractor.engineName() + ": " + feature.length + " values");
        }
        Files.delete(file);
    }
}
JAVA
./mvnw -B -q -Dmaven.repo.local="$repository" compile \
  org.apache.maven.plugins:maven-dependency-plugin:3.11.0:build-classpath -Dmdep.outputFile=classpath
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
said=$("$java" -cp "target/classes:$(cat classpath)" Outside 2>err) || fail "the project does not run: $(cat err)"
case $said in
  *': 2048 values') ;;
  *) fail "the project says '$said', expected 2048 values" ;;
esac
jars=$(tr ':' '\n' <classpath | sed '/^$/d')
case $jars in
  *nd4j*) fail "ND4J is on the class path, which the README's dependencies do not need" ;;
esac
echo "$said; class path of the README's dependencies: $(echo "$jars" | wc -l) jars, $(echo "$jars" | tr '\n' '\0' | xargs -0 du -cLm | tail -n 1 | cut -f 1) MB"
