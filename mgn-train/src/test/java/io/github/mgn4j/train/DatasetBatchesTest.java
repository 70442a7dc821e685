package io.github.mgn4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.mgn4j.data.Batch;
import io.github.mgn4j.data.DatasetException;
import io.github.mgn4j.data.ReidImage;
import io.github.mgn4j.data.UnreadableImage;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.image.OnError;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.Resampling;
import io.github.mgn4j.model.WeightInit;
import io.github.mgn4j.spec.Branch;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetBatchesTest {
    private static final InputSize INPUT = new InputSize(64, 32);
    private static final int[] PIDS = {7, 3, 19};

    /** Five images of each of three persons, each person in a colour. */
    private static List<ReidImage> images(Path folder) throws IOException {
        List<ReidImage> images = new ArrayList<>();
        for (int pid : PIDS) {
            for (int i = 0; i < 5; i++) {
                BufferedImage image = new BufferedImage(32, 64, BufferedImage.TYPE_INT_RGB);
                for (int y = 0; y < 64; y++) {
                    for (int x = 0; x < 32; x++) {
                        image.setRGB(x, y, new Color(pid * 10, pid * 5, i * 20).getRGB());
                    }
                }
                Path file = folder.resolve(pid + "_" + i + ".png");
                ImageIO.write(image, "png", file.toFile());
                images.add(new ReidImage(file, pid, 1));
            }
        }
        return images;
    }

    private static DatasetBatches batches(Path folder, Recipe recipe) throws IOException {
        return new DatasetBatches(images(folder), recipe, new Preprocessor(INPUT, Resampling.BILINEAR), Layout.NHWC, 0);
    }

    /** A run is resumed under any locale. */
    @Test
    void theFingerprintHasTheSameDigitsEverywhere(@TempDir Path folder) throws IOException {
        Recipe recipe = Recipe.builder().p(3).k(2).build();
        Locale before = Locale.getDefault();
        try (DatasetBatches here = batches(folder, recipe)) {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            assertThat("%d".formatted(1)).isNotEqualTo("1");
            try (DatasetBatches there = batches(folder, recipe)) {
                assertThat(there.fingerprint()).isEqualTo(here.fingerprint()).startsWith("15 images of 3 identities, ");
            }
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void theTripletTermThatStaysZeroIsTold() {
        assertThat(Recipe.builder().p(1).k(4).build().warnings())
                .containsExactly("the triplet term stays 0 with p 1: it compares images of two identities");
        assertThat(Recipe.builder().p(4).k(1).build().warnings())
                .containsExactly("the triplet term stays 0 with k 1: it compares two images of an identity");
        assertThat(Recipe.builder().p(4).k(1).tripletWeight(0).build().warnings())
                .isEmpty();
        assertThat(Recipe.market1501().warnings()).isEmpty();
    }

    @Test
    void identitiesBecomeClassesInAscendingOrder(@TempDir Path folder) throws IOException {
        Recipe recipe = Recipe.builder().p(3).k(2).build();
        try (DatasetBatches data = batches(folder, recipe)) {
            assertThat(data.classes()).isEqualTo(3);
            assertThat(data.batchSize()).isEqualTo(6);
            assertThat(data.iterationsPerEpoch()).isEqualTo(2);
            Batch batch = data.next();
            assertThat(batch.labels().asList()).containsExactlyInAnyOrder(0, 0, 1, 1, 2, 2);
            for (int i = 0; i < 6; i++) {
                int pid = List.of(3, 7, 19).get(batch.labels().get(i));
                float red = (pid * 10 / 255f - 0.485f) / 0.229f;
                assertThat(batch.images().get(i * 3 * 64 * 32)).isEqualTo(red, within(1e-5f));
            }
        }
    }

    @Test
    void aNetworkLearnsFromFiles(@TempDir Path folder) throws IOException {
        MgnSpec spec = MgnSpec.builder()
                .backbone(18, 1 / 16.0)
                .input(INPUT.height(), INPUT.width())
                .branches(Branch.part(2))
                .embedding(8)
                .classes(3)
                .build();
        Recipe recipe = Recipe.builder().p(3).k(2).iterations(30).build();
        List<StepReport> steps = new ArrayList<>();
        try (DatasetBatches data = batches(folder, recipe);
                Trainer trainer = new Trainer(WeightInit.initialise(spec, 1), recipe, data)) {
            trainer.addListener((t, step) -> steps.add(step));
            trainer.run();
        }
        assertThat(steps.get(29).loss()).isLessThan(0.5 * steps.get(0).loss());
        assertThat(steps.get(29).epoch()).isEqualTo(15);
    }

    /** What a resumed training sees is what one sees that was never stopped. */
    @Test
    void goesOnInTheMiddleOfAnEpoch(@TempDir Path folder) throws IOException {
        Recipe recipe = Recipe.builder()
                .p(2)
                .k(2)
                .augment(List.of("flip", "crop", "jitter"))
                .build();
        List<float[]> whole = new ArrayList<>();
        try (DatasetBatches data = batches(folder, recipe)) {
            assertThat(data.iterationsPerEpoch()).isEqualTo(3);
            for (int i = 0; i < 8; i++) {
                whole.add(floats(data.next()));
            }
        }
        try (DatasetBatches data = batches(folder, recipe)) {
            for (int from : new int[] {4, 2, 7, 0}) {
                data.seek(from);
                for (int i = from; i < 8; i++) {
                    assertThat(floats(data.next())).as("%s from %s", i, from).isEqualTo(whole.get(i));
                }
            }
        }
    }

    private static float[] floats(Batch batch) {
        float[] values = new float[batch.images().remaining()];
        batch.images().duplicate().get(values);
        return values;
    }

    @Test
    void skipsAndTells(@TempDir Path folder) throws IOException {
        Recipe skip = Recipe.builder().p(3).k(2).onError(OnError.SKIP).build();
        List<ReidImage> images = images(folder);
        Files.writeString(images.get(6).path(), "no image");
        Files.delete(images.get(12).path());
        Preprocessor preprocessor = new Preprocessor(INPUT, Resampling.BILINEAR);
        DatasetBatches data = new DatasetBatches(images, skip, preprocessor, Layout.NHWC, 0);
        try (data) {
            for (int i = 0; i < 10; i++) {
                assertThat(data.next().labels().asList()).containsExactlyInAnyOrder(0, 0, 1, 1, 2, 2);
                if (i == 5) {
                    data.seek(i); // what was found before is not forgotten
                }
            }
        }
        assertThat(data.skipped())
                .extracting(UnreadableImage::path)
                .containsExactlyInAnyOrder(images.get(6).path(), images.get(12).path());
        Recipe fail = skip.toBuilder().onError(OnError.FAIL).build();
        try (DatasetBatches strict = new DatasetBatches(images, fail, preprocessor, Layout.NHWC, 0)) {
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 10; i++) {
                            strict.next();
                        }
                    })
                    .hasMessageMatching(".*(3_1|19_2)\\.png.*");
        }
    }

    @Test
    void refusesWhatTheDataCannotGive(@TempDir Path folder) {
        assertThatThrownBy(() -> batches(folder, Recipe.builder().p(4).build()))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("only 3");
        assertThatThrownBy(() -> batches(
                        folder, Recipe.builder().p(2).augment(List.of("blur")).build()))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("'blur'");
    }
}
