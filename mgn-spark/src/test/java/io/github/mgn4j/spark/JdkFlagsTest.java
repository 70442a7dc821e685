package io.github.mgn4j.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.launcher.JavaModuleOptions;
import org.junit.jupiter.api.Test;

/** The flags for JDK 17 and later are those of Spark's own launcher: in the build, in the scripts and in the guide. */
class JdkFlagsTest {
    private static final List<String> FLAGS =
            List.of(JavaModuleOptions.defaultModuleOptions().split(" "));

    @Test
    void theBuildHasThem() {
        // The JVM leaves out what it ignores, and splits no option of these.
        List<String> opens =
                FLAGS.stream().filter(flag -> flag.startsWith("--add-opens")).toList();

        assertThat(opens).hasSizeGreaterThan(10);
        assertThat(ManagementFactory.getRuntimeMXBean().getInputArguments()).containsAll(opens);
    }

    @Test
    void theScriptsAndTheGuideHaveThem() throws Exception {
        for (String file : new String[] {"pom.xml", "spark.sh", "../docs/guide/spark.md"}) {
            assertThat(Files.readString(Path.of(file)).split("[\\s\"<>]+"))
                    .as(file)
                    .containsAll(FLAGS);
        }
    }
}
