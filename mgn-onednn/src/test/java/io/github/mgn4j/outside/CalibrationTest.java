package io.github.mgn4j.outside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.image.ImageFiles;
import io.github.mgn4j.image.ProgressListener;
import io.github.mgn4j.model.ActivationRanges;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.WeightInit;
import io.github.mgn4j.model.WeightsException;
import io.github.mgn4j.onednn.Calibration;
import io.github.mgn4j.spec.MgnSpec;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images and a model become a calibrated model, by a program that has nothing but what is public. */
class CalibrationTest {
    private static final Model MODEL = WeightInit.initialise(
            MgnSpec.builder()
                    .backbone(18, 1 / 16.0)
                    .input(96, 48)
                    .embedding(16)
                    .classes(2)
                    .build(),
            1);

    @TempDir
    static Path folder;

    @BeforeAll
    static void draw() throws IOException {
        Random random = new Random(3);
        for (int i = 0; i < 7; i++) {
            BufferedImage image = new BufferedImage(48, 96, BufferedImage.TYPE_INT_RGB);
            for (int p = 0; p < 48 * 96; p++) {
                image.setRGB(p % 48, p / 48, random.nextInt());
            }
            ImageIO.write(
                    image,
                    "png",
                    folder.resolve(String.format(Locale.ROOT, "%d.png", i)).toFile());
        }
    }

    @Test
    void aCalibratedModelIsSavedAndRunsInInt8() throws IOException {
        List<Path> images = Calibration.images(folder, 4);
        List<String> progress = new ArrayList<>();
        Model calibrated = Calibration.calibrate(MODEL, images, (done, total) -> progress.add(done + "/" + total));
        assertThat(progress).containsExactly("1/4", "2/4", "3/4", "4/4");
        ActivationRanges ranges = Objects.requireNonNull(calibrated.ranges());
        assertThat(ranges.images()).isEqualTo(4);
        Path file = folder.resolve("model8.safetensors");
        ModelFile.save(file, calibrated);
        assertThat(ModelFile.load(file).ranges()).isEqualTo(ranges);
        try (FeatureExtractor exact =
                        FeatureExtractor.builder(MODEL).engine("onednn").build();
                FeatureExtractor small = FeatureExtractor.builder(calibrated)
                        .engine("onednn")
                        .precision(Precision.INT8)
                        .build()) {
            float[] a = exact.extract(images.get(0));
            float[] b = small.extract(images.get(0));
            double product = 0;
            double squares = 0;
            double others = 0;
            for (int i = 0; i < a.length; i++) {
                product += (double) a[i] * b[i];
                squares += (double) a[i] * a[i];
                others += (double) b[i] * b[i];
            }
            assertThat(product / Math.sqrt(squares * others)).isCloseTo(1, within(0.02));
        }
    }

    @Test
    void imagesAreSpreadEvenly() throws IOException {
        List<Path> all = ImageFiles.list(folder);
        assertThat(Calibration.images(folder, 100)).isEqualTo(all);
        assertThat(Calibration.images(folder, 3)).containsExactly(all.get(0), all.get(2), all.get(4));
        assertThatThrownBy(() -> Calibration.images(folder, 0)).hasMessage("limit must be at least 1, not 0");
    }

    @Test
    void whatIsNoImageIsNamed() throws IOException {
        Path text = Files.writeString(folder.resolve("text.jpg.txt"), "no image");
        assertThatThrownBy(() -> Calibration.calibrate(MODEL, List.of(text), ProgressListener.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(text.toString());
        assertThatThrownBy(() -> Calibration.calibrate(MODEL, List.of(), ProgressListener.NONE))
                .isInstanceOf(WeightsException.class);
    }
}
