package io.github.mgn4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code bin/mgn} of the distribution, which tools/check-dist.sh runs: it starts Java as the checkout's launcher does. */
class DistributionScriptTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            fail() {                       | case $profile in
            Java and the natives open      | esac
            OpenMP threads that spin       | if [ -n "$archive" ]
            Given in these variables       | -
            """)
    void isTheLauncherInWhatTheyShare(String from, String to) throws IOException {
        String launcher = Files.readString(Path.of("..", "mgn"));
        String part = launcher.substring(launcher.indexOf(from));
        if (!to.equals("-")) {
            part = part.substring(0, part.indexOf(to));
        }
        assertThat(part).hasSizeGreaterThan(200);
        assertThat(Files.readString(Path.of("src/dist/bin/mgn"))).contains(part);
    }
}
