package io.github.mgn4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shares are computed by hand; the tolerance is that of float values added up in double. */
class PersonMaskTest {
    private static PersonMask mask(String... rows) {
        boolean[] person = new boolean[rows.length * rows[0].length()];
        for (int i = 0; i < person.length; i++) {
            person[i] = rows[i / rows[0].length()].charAt(i % rows[0].length()) == '#';
        }
        return PersonMask.of(rows.length, rows[0].length(), person);
    }

    private static ActivationMap map(int height, int width, float... values) {
        return ActivationMap.of("global", height, width, values);
    }

    @Test
    void aCellIsOnThePersonOrNot() {
        PersonMask mask = mask(
                "##..", //
                "##..", "....", "....");
        assertThat(mask.area()).isEqualTo(0.25);
        assertThat(mask.share(map(2, 2, 1, 0, 0, 0))).hasValue(1);
        assertThat(mask.share(map(2, 2, 0, 1, 1, 1))).hasValue(0);
        // 0.5 of 0.5 + 0.25 + 0.25 + 1
        assertThat(mask.share(map(2, 2, 0.5f, 0.25f, 0.25f, 1)).orElseThrow()).isCloseTo(0.25, within(1e-9));
    }

    @Test
    void aCellThatIsPartlyOnThePersonCountsByItsPart() {
        PersonMask mask = mask(
                "#...", //
                "##..", "....", "...#");
        // Cells are covered by 3/4, 0, 0 and 1/4: (0.8 x 3/4 + 0.4 x 1/4) / (0.8 + 0.2 + 0.6 + 0.4)
        assertThat(mask.share(map(2, 2, 0.8f, 0.2f, 0.6f, 0.4f)).orElseThrow()).isCloseTo(0.35, within(1e-7));
    }

    /** Three cells over two columns: the middle one lies half on each, as 3 x 2 cells over 2 x 3 pixels do. */
    @Test
    void aPixelMayBelongToTwoCells() {
        assertThat(mask("#.").share(map(1, 3, 1, 1, 1)).orElseThrow()).isCloseTo(0.5, within(1e-9));
        assertThat(mask("#.").share(map(1, 3, 0, 1, 0)).orElseThrow()).isCloseTo(0.5, within(1e-9));
        // Columns of 1.5 pixels, rows of 2/3: the cell at the top left covers "##" (1 + 0.5) of 1.5 pixels, the one
        // below it
        // a third of each row: (1.5 / 3 + 1 / 3) / 1.
        PersonMask mask = mask("##.", "#..");
        assertThat(mask.share(map(3, 2, 1, 0, 0, 0, 0, 0)).orElseThrow()).isCloseTo(1, within(1e-9));
        assertThat(mask.share(map(3, 2, 0, 0, 1, 0, 0, 0)).orElseThrow()).isCloseTo(2.5 / 3, within(1e-9));
    }

    @Test
    void anEvenMapHasTheShareOfTheArea() {
        PersonMask mask = mask("#..#.", ".##..", "..#..");
        float[] values = new float[7 * 2];
        java.util.Arrays.fill(values, 0.7f);
        assertThat(mask.share(map(7, 2, values)).orElseThrow()).isCloseTo(mask.area(), within(1e-9));
        assertThat(mask.share(map(1, 1, 0))).isEmpty();
    }

    @Test
    void aFileIsReadByItsBrightness(@TempDir Path folder) throws IOException {
        BufferedImage image = new BufferedImage(3, 2, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setSample(2, 1, 0, 255);
        image.getRaster().setSample(0, 0, 0, 128);
        image.getRaster().setSample(1, 0, 0, 127);
        Path file = folder.resolve("mask.png");
        ImageIO.write(image, "png", file.toFile());
        PersonMask mask = PersonMask.read(file);
        assertThat(mask.height()).isEqualTo(2);
        assertThat(mask.width()).isEqualTo(3);
        assertThat(mask.get(1, 2)).isTrue();
        assertThat(mask.get(0, 0)).isTrue();
        assertThat(mask.get(0, 1)).isFalse();
        assertThat(mask.area()).isEqualTo(2 / 6.0);
        assertThatThrownBy(() -> PersonMask.of(2, 2, new boolean[3]))
                .hasMessage("a mask of 2 x 2 needs as many values, found 3");
    }
}
