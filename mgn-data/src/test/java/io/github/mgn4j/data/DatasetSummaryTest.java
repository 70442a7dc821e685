package io.github.mgn4j.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.mgn4j.image.ReidImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetSummaryTest {
    @Test
    void counts(@TempDir Path root) throws IOException {
        Trees.market(root);
        DatasetSummary summary = DatasetSummary.of(
                DatasetFormats.read(root), DatasetFormats.named("market1501").published());
        assertThat(summary.train().identities()).isEqualTo(2);
        assertThat(summary.train().images()).isEqualTo(3);
        assertThat(summary.train().cameras()).isEqualTo(3);
        assertThat(summary.train().imagesPerIdentity()).isEqualTo(Map.of(1, 1, 2, 1));
        assertThat(summary.gallery().distractors()).isEqualTo(1);
        assertThat(summary.gallery().junk()).isEqualTo(1);
        assertThat(summary.gallery().identities()).isEqualTo(1);
        assertThat(summary.differences())
                .hasSize(6)
                .contains("train: 12936 images published, 3 found", "query: 750 identities published, 1 found");
        assertThat(summary.render())
                .contains("train                 2         3         3            0       0\n")
                .contains("differs from the published Market-1501\n");
        JsonObject json = JsonParser.parseString(summary.toJson()).getAsJsonObject();
        assertThat(json.getAsJsonObject("gallery").get("junk").getAsInt()).isEqualTo(1);
        assertThat(json.getAsJsonObject("train")
                        .getAsJsonObject("imagesPerIdentity")
                        .get("2")
                        .getAsInt())
                .isEqualTo(1);
    }

    @Test
    void multiQueryIsARowOfItsOwn(@TempDir Path root) throws IOException {
        Trees.market(root);
        DatasetSummary without = DatasetSummary.of(DatasetFormats.read(root), List.of());
        assertThat(without.render()).doesNotContain("multiQuery");
        assertThat(without.toJson()).doesNotContain("multiQuery");
        Trees.touch(root, "gt_bbox/0001_c1s1_001051_00.jpg");
        DatasetSummary summary = DatasetSummary.of(DatasetFormats.read(root), List.of());
        assertThat(summary.render()).contains("multiQuery            1         1         1            0       0\n");
        assertThat(JsonParser.parseString(summary.toJson())
                        .getAsJsonObject()
                        .getAsJsonObject("multiQuery")
                        .get("images")
                        .getAsInt())
                .isEqualTo(1);
    }

    @Test
    void halfOfAPublishedDataSetIsWarnedOf() {
        List<PublishedCounts> market = DatasetFormats.named("market1501").published();
        assertThat(DatasetSummary.warnings(data(12_936, 751, 3_368, 750, 19_732, 750), market))
                .isEmpty();
        assertThat(DatasetSummary.warnings(data(6_468, 751, 3_368, 750, 19_732, 750), market))
                .contains("x is not Market-1501 as published: train: 12936 images published, 6468 found");
        assertThat(DatasetSummary.warnings(data(3_234, 100, 10, 10, 10, 10), market))
                .hasSize(1);
        assertThat(DatasetSummary.warnings(data(3_233, 100, 841, 10, 4_932, 10), market))
                .isEmpty(); // something else
        assertThat(DatasetSummary.warnings(data(12_936, 751, 3_368, 750, 19_732, 750), List.of()))
                .isEmpty();
    }

    private static ReidDataset data(int... imagesAndIdentities) {
        List<List<ReidImage>> splits = new ArrayList<>();
        for (int i = 0; i < 6; i += 2) {
            splits.add(new ArrayList<>());
            fill(splits.get(i / 2), imagesAndIdentities[i], imagesAndIdentities[i + 1]);
        }
        return new ReidDataset("market1501", Path.of("x"), splits.get(0), splits.get(1), splits.get(2));
    }

    @Test
    void unreadableImagesAreListed() {
        List<UnreadableImage> bad = new ArrayList<>();
        for (int i = 0; i < 23; i++) {
            bad.add(new UnreadableImage(Path.of("x" + i), "x" + i + ": the file is empty"));
        }
        DatasetSummary summary = DatasetSummary.of(data(2, 1, 1, 1, 1, 1), List.of());
        assertThat(summary.render()).doesNotContain("unreadable");
        assertThat(summary.withUnreadable(ImageCheck.QUICK, List.of()).render())
                .endsWith("no unreadable image (both ends of each file looked at)\n");
        DatasetSummary some = summary.withUnreadable(ImageCheck.DECODE, bad);
        assertThat(some.render())
                .contains("23 unreadable images (all decoded)\n  x0: the file is empty\n")
                .endsWith("  x19: the file is empty\n  and 3 more\n");
        JsonObject json = JsonParser.parseString(some.toJson()).getAsJsonObject();
        assertThat(json.get("check").getAsString()).isEqualTo("decode");
        assertThat(json.getAsJsonArray("unreadable")).hasSize(23);
        assertThat(json.getAsJsonArray("unreadable")
                        .get(22)
                        .getAsJsonObject()
                        .get("path")
                        .getAsString())
                .isEqualTo("x22");
    }

    @Test
    void theNearestVariantIsComparedWith() {
        List<ReidImage> train = new ArrayList<>();
        List<ReidImage> query = new ArrayList<>();
        List<ReidImage> gallery = new ArrayList<>();
        fill(train, 7_365, 767);
        fill(query, 1_400, 700);
        fill(gallery, 5_332, 700);
        DatasetSummary summary = DatasetSummary.of(
                new ReidDataset("cuhk03-np", Path.of("x"), train, query, gallery),
                DatasetFormats.named("cuhk03-np").published());
        assertThat(summary.published()).isEqualTo("CUHK03-NP detected");
        assertThat(summary.differences()).isEmpty();
        assertThat(summary.render()).contains("as published: CUHK03-NP detected");
    }

    @Test
    void theHistogramIsShort() {
        List<ReidImage> train = new ArrayList<>();
        for (int pid = 1; pid <= 72; pid++) {
            for (int i = 0; i < pid; i++) {
                train.add(new ReidImage(Path.of("x"), pid, 1));
            }
        }
        ReidDataset data = new ReidDataset("folder", Path.of("x"), train, List.of(), List.of());
        String text = DatasetSummary.of(data, List.of()).render();
        assertThat(text).contains("         1-8         8\n").contains("       65-72         8\n");
        assertThat(text.lines()).hasSize(1 + 4 + 1 + 9);
    }

    private static void fill(List<ReidImage> images, int count, int identities) {
        for (int i = 0; i < count; i++) {
            images.add(new ReidImage(Path.of("x"), 1 + i % identities, i % 2));
        }
    }
}
