package io.github.mgn4j.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReidImageTest {
    @ParameterizedTest
    @ValueSource(strings = {"a.jpg", "./a.jpg", "x/y/a.jpg", "/a.jpg", "/x/y/a.jpg"})
    void thePathIsTheOneGiven(String path) {
        ReidImage image = new ReidImage(Path.of(path), 3, 1);
        assertThat(image.path()).isEqualTo(Path.of(path));
        assertThat(image.name()).isEqualTo("a.jpg");
        assertThat(image).isEqualTo(new ReidImage(image.folder(), "a.jpg", 3, 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/x/.."})
    void aPathWithoutAFileComesBack(String path) {
        assertThat(new ReidImage(Path.of(path), 3, 1).path()).isEqualTo(Path.of(path));
    }

    @ParameterizedTest
    @ValueSource(ints = {ReidImage.JUNK, ReidImage.DISTRACTOR, 1, 1501})
    void onlyPositivePidsArePersons(int pid) {
        assertThat(new ReidImage(Path.of("a.jpg"), pid, 1).isPerson()).isEqualTo(pid >= 1);
    }
}
