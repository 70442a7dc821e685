package io.github.mgn4j.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.mgn4j.data.DatasetFormats;
import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.data.synth.SynthOptions;
import io.github.mgn4j.data.synth.SyntheticDataset;
import io.github.mgn4j.data.synth.SyntheticMasks;
import io.github.mgn4j.image.ActivationMap;
import io.github.mgn4j.image.PersonMask;
import io.github.mgn4j.image.ReidImage;
import io.github.mgn4j.image.RgbImage;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttentionShareTest {
    @TempDir
    Path folder;

    private ReidImage image(String name, int width) throws IOException {
        Path file = folder.resolve(name);
        ImageIO.write(new BufferedImage(width, 2, BufferedImage.TYPE_INT_RGB), "png", file.toFile());
        return new ReidImage(file, 1, 1);
    }

    /** Two images by hand: the mean of their shares, not the share of their sums. */
    @Test
    void aBranchsShareIsTheMeanOfItsImages() throws IOException {
        ReidImage first = image("a.png", 1);
        ReidImage second = image("b.png", 2);
        PersonMask left = PersonMask.of(1, 4, new boolean[] {true, false, false, false});
        PersonMask half = PersonMask.of(1, 4, new boolean[] {false, false, true, true});
        Function<RgbImage, List<ActivationMap>> maps = image -> image.width() == 1
                ? List.of(
                        ActivationMap.of("global", 1, 4, new float[] {1, 0.5f, 0.5f, 0}),
                        ActivationMap.of("part-2", 1, 2, new float[] {1, 0}))
                : List.of(
                        ActivationMap.of("global", 1, 4, new float[] {0, 0.25f, 0.25f, 0.5f}),
                        ActivationMap.of("part-2", 1, 2, new float[] {0, 0}));
        List<AttentionShare> shares =
                AttentionShare.of(List.of(first, second), image -> image.equals(first) ? left : half, maps);
        assertThat(shares).hasSize(2);
        assertThat(shares.get(0).branch()).isEqualTo("global");
        assertThat(shares.get(0).onPerson()).isCloseTo((1 / 2.0 + 3 / 4.0) / 2, within(1e-9));
        assertThat(shares.get(0).area()).isCloseTo((0.25 + 0.5) / 2, within(1e-9));
        assertThat(shares.get(0).images()).isEqualTo(2);
        // The second map is 0 everywhere, and does not count.
        assertThat(shares.get(1)).isEqualTo(new AttentionShare("part-2", 0.5, 0.25, 1));
        assertThat(AttentionShare.text(shares))
                .isEqualTo("global 63 %, part-2 50 % on the person, who covers 31 % of the image");
        assertThat(AttentionShare.of(List.of(), image -> left, maps)).isEmpty();
    }

    /** A branch whose features are the same for every image, such as one that died in training. */
    @Test
    void aBranchThatDependsOnNothingHasNoShare() throws IOException {
        PersonMask left = PersonMask.of(1, 4, new boolean[] {true, false, false, false});
        List<AttentionShare> shares = AttentionShare.of(
                List.of(image("a.png", 1)),
                image -> left,
                image -> List.of(
                        ActivationMap.of("global", 1, 2, new float[2]),
                        ActivationMap.of("part-2", 1, 2, new float[] {1, 0})));
        assertThat(shares.get(0)).isEqualTo(new AttentionShare("global", Double.NaN, Double.NaN, 0));
        assertThat(AttentionShare.text(shares))
                .isEqualTo("global \u2013, part-2 50 % on the person, who covers 25 % of the image");
        assertThat(AttentionShare.text(shares.subList(0, 1)))
                .isEqualTo("global \u2013 on the person, who covers \u2013 of the image");
    }

    /** A map of the mask itself lies on the person, its opposite does not, and an even one has the share of the area. */
    @Test
    void theMasksOfASyntheticDataSetAreUsed() throws IOException {
        Path data = folder.resolve("data");
        SynthOptions options = new SynthOptions(3, 2, 1, 32, 64, 1).withMasks(true);
        SyntheticDataset.write(options, data, false, (done, total) -> {});
        ReidDataset dataset = DatasetFormats.read(data);
        SyntheticMasks masks = SyntheticMasks.of(data).orElseThrow();
        for (ReidImage query : dataset.query()) {
            PersonMask mask = masks.read(query);
            float[] on = new float[32 * 64];
            float[] off = new float[32 * 64];
            float[] even = new float[32 * 64];
            for (int i = 0; i < on.length; i++) {
                on[i] = mask.get(i / 32, i % 32) ? 1 : 0;
                off[i] = 1 - on[i];
                even[i] = 1;
            }
            List<AttentionShare> shares = AttentionShare.of(
                    List.of(query),
                    masks::read,
                    image -> List.of(
                            ActivationMap.of("on", 64, 32, on),
                            ActivationMap.of("off", 64, 32, off),
                            ActivationMap.of("even", 64, 32, even)));
            assertThat(shares.get(0).onPerson()).isCloseTo(1, within(1e-9));
            assertThat(shares.get(1).onPerson()).isCloseTo(0, within(1e-9));
            assertThat(shares.get(2).onPerson()).isCloseTo(mask.area(), within(1e-9));
        }
        ReidImage other = new ReidImage(data.resolve("query/0001_c1s1_000001_99.jpg"), 1, 1);
        assertThatThrownBy(() -> masks.read(other)).isInstanceOf(NoSuchFileException.class);
    }
}
