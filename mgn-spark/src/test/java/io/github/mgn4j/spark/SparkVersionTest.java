package io.github.mgn4j.spark;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SparkVersionTest {
    /** Keeps the profile spark-3.5 honest: its tests run on that line, not on the one that the classes were compiled against. */
    @Test
    void theTestsRunOnTheSparkThatTheBuildNames() {
        assertThat(LocalSpark.session().version()).isEqualTo(System.getProperty("mgn.spark.expected"));
    }
}
