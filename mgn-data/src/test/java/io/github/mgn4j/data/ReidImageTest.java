package io.github.mgn4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
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

    @Test
    void whatIsNoImageIsRefused() {
        assertThatThrownBy(() -> new ReidImage(Path.of("a.jpg"), -2, 1))
                .isInstanceOf(DatasetException.class)
                .hasMessage("a.jpg: a pid of at least -1 and a camera of at least 0 wanted, found -2 and 1");
        assertThatThrownBy(() -> new ReidImage(Path.of("a.jpg"), 1, -1)).isInstanceOf(DatasetException.class);
        assertThatThrownBy(() -> new ReidImage(Path.of("/"), 1, 1)).isInstanceOf(DatasetException.class);
    }
}
