package io.github.mgn4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code data} tells and {@code train} heeds: formats and their arguments, broken images, published counts. */
class DataOptionsTest {
    @TempDir
    Path folder;

    private Workshop workshop;

    @BeforeEach
    void prepare() throws IOException {
        workshop = Workshop.in(folder);
    }

    private Path anImage(String split) throws IOException {
        try (Stream<Path> files = Files.list(workshop.path("data").resolve(split))) {
            return files.sorted().toList().get(3);
        }
    }

    private Workshop.Call train(String... more) {
        List<String> call = Stream.concat(
                        Stream.of("train", "--data", "@data", "--recipe", "@recipe.yaml", "--out", "@run"),
                        Stream.of(more))
                .toList();
        return workshop.mgn(call.toArray(String[]::new));
    }

    @Test
    void unreadableImagesAreTold() throws IOException {
        assertThat(workshop.mgn("data", "--data", "@data").ok().out())
                .endsWith("no unreadable image (both ends of each file looked at)\n");
        Path bad = anImage("query");
        byte[] bytes = Files.readAllBytes(bad);
        bytes[bytes.length / 2] = (byte) 0xff;
        bytes[bytes.length / 2 + 1] = (byte) 0xd8; // a marker that must not be there
        Files.write(bad, bytes);
        Path empty = anImage("bounding_box_test");
        Files.write(empty, new byte[0]);
        assertThat(workshop.mgn("data", "--data", "@data").ok().out())
                .contains(
                        "1 unreadable images (both ends of each file looked at)\n  " + empty + ": the file is empty\n");
        assertThat(workshop.mgn("data", "--data", "@data", "--check", "none")
                        .ok()
                        .out())
                .doesNotContain("unreadable");
        workshop.mgn("data", "--data", "@data", "--check", "decode", "--json", "@data.json")
                .ok();
        JsonObject json = workshop.json("data.json");
        assertThat(json.get("check").getAsString()).isEqualTo("decode");
        assertThat(json.getAsJsonArray("unreadable"))
                .extracting(image -> image.getAsJsonObject().get("path").getAsString())
                .containsExactly(bad.toString(), empty.toString());
    }

    @Test
    void trainingGoesOnWithoutAnUnreadableImageIfToldTo() throws IOException {
        Path bad = anImage("bounding_box_train"); // four batches see every training image
        Files.writeString(bad, "no image");
        Workshop.Call refused = train("--iterations", "4");
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.err()).startsWith("mgn: " + bad + ": not a JPEG").hasLineCount(1);
        Workshop.Call skipped =
                train("--iterations", "4", "--on-error", "skip", "--force").ok();
        assertThat(skipped.err())
                .contains(
                        "mgn: skipped: " + bad + ": not a JPEG, PNG or BMP file but a text file\n",
                        "mgn: 1 training images cannot be read; others of the same identities took their places\n");
        assertThat(workshop.path("run/recipe.yaml")).content().contains("on-error: skip");
    }

    @Test
    void trainingOnHalfOfAPublishedDataSetIsSaid() throws IOException {
        assertThat(train("--format", "tiny").ok().err())
                .startsWith("mgn: trained -> ")
                .hasLineCount(1);
        Files.delete(anImage("bounding_box_train"));
        assertThat(train("--format", "tiny", "--force").ok().err())
                .startsWith("mgn: " + workshop.path("data")
                        + " is not Tiny-4 as published: train: 16 images published, 15 found\n")
                .contains("\nmgn: trained -> ");
    }

    @Test
    void camerasByAPattern() throws IOException {
        for (String split : List.of("train", "query", "gallery")) {
            for (String camera : List.of("hall", "yard")) {
                Path image = workshop.path("own/" + split + "/ann/" + camera + "/1.jpg");
                Files.createDirectories(image.getParent());
                Files.copy(anImage("query"), image);
            }
        }
        String format = "folder:ann/(\\w+)/";
        workshop.mgn("data", "--data", "@own", "--format", format, "--json", "@own.json")
                .ok();
        assertThat(workshop.json("own.json")
                        .getAsJsonObject("query")
                        .get("cameras")
                        .getAsInt())
                .isEqualTo(2);
    }
}
