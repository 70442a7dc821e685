package io.github.mgn4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.image.ReidImage;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReidDatasetTest {
    private static final List<ReidImage> NONE = List.of();

    private static ReidImage image(String path, int pid, int camid) {
        return new ReidImage(Path.of(path), pid, camid);
    }

    private static ReidDataset gallery(ReidImage image) {
        return new ReidDataset("own", Path.of("root"), NONE, NONE, List.of(image));
    }

    @Test
    void whatIsNoImageOfADataSetIsRefused() {
        assertThatThrownBy(() -> gallery(image("a.jpg", -2, 1)))
                .isInstanceOf(DatasetException.class)
                .hasMessage("a.jpg: expected a pid of at least -1 (junk), found -2");
        assertThatThrownBy(() -> gallery(image("/", 1, 1)))
                .isInstanceOf(DatasetException.class)
                .hasMessage("/: expected an image file, found no name");
        assertThatThrownBy(() -> new ReidDataset("own", Path.of("root"), List.of(image("a.jpg", 0, 1)), NONE, NONE))
                .isInstanceOf(DatasetException.class)
                .hasMessage("a.jpg: pid 0 among the training images");
        assertThat(gallery(image("a.jpg", ReidImage.JUNK, 1)).gallery()).hasSize(1);
    }

    @Test
    void anUnknownCameraIsLikeNoOther() {
        ReidImage unknown = image("q1.jpg", 1, ReidImage.UNKNOWN_CAMERA);
        ReidImage known = image("q2.jpg", 1, 0);
        ReidImage more = image("m1.jpg", 1, ReidImage.UNKNOWN_CAMERA);
        ReidImage same = image("m2.jpg", 1, 0);
        ReidDataset data = new ReidDataset(
                "own", Path.of("root"), NONE, List.of(unknown, known), NONE, List.of(more, same), List.of());
        assertThat(data.multiQueries()).containsExactly(List.of(unknown), List.of(same));
        assertThat(DatasetSummary.of(data, List.of()).query().cameras()).isEqualTo(1);
    }
}
