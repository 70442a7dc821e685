package io.github.mgn4j.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
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
                .contains("train              2         3         3            0       0\n")
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
