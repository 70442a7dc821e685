package io.github.mgn4j.internal.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class TemporaryFolderTest {
    @Test
    void whatAKilledProcessLeftIsRemovedAndWhatIsInUseStays() throws IOException {
        Path killed;
        try (TemporaryFolder one = TemporaryFolder.create()) {
            Files.writeString(one.path().resolve("a"), "1");
            killed = Files.createDirectories(
                    one.path().resolveSibling("mgn-0" + one.path().getFileName()));
            Files.writeString(killed.resolve("b"), "2");
            try (TemporaryFolder two = TemporaryFolder.create()) {
                assertThat(two.path()).isNotEqualTo(one.path()).exists();
                assertThat(one.path().resolve("a")).exists();
            }
            assertThat(one.path()).exists();
        }
        assertThat(killed).doesNotExist();
    }
}
