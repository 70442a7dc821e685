package io.github.mgn4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import io.github.mgn4j.data.DatasetFormats;
import io.github.mgn4j.data.synth.SynthOptions;
import io.github.mgn4j.data.synth.SyntheticDataset;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.gallery.Gallery;
import io.github.mgn4j.gallery.GalleryEntry;
import io.github.mgn4j.gallery.GalleryHit;
import io.github.mgn4j.gallery.SearchOptions;
import io.github.mgn4j.image.ProgressListener;
import io.github.mgn4j.image.ReidImage;
import io.github.mgn4j.model.WeightInit;
import io.github.mgn4j.spec.MgnSpec;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The search page, by the JDK's client and in Chromium where that is installed. */
class SearchPageServerTest {
    @TempDir
    Path folder;

    private static HttpResponse<String> post(int port, byte[] body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/search"))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void findsPeopleAndRefusesTheRest() throws Exception {
        SyntheticDataset.write(
                SynthOptions.DEFAULT.withIds(4).withCameras(2).withImages(1),
                folder.resolve("people"),
                false,
                ProgressListener.NONE);
        MgnSpec spec = MgnSpec.builder()
                .backbone(18, 1.0 / 16)
                .input(96, 32)
                .classes(4)
                .build();
        List<ReidImage> images = DatasetFormats.read(folder.resolve("people")).gallery();
        Path photo =
                DatasetFormats.read(folder.resolve("people")).query().get(0).path();
        try (FeatureExtractor extractor = FeatureExtractor.of(WeightInit.initialise(spec, 1));
                Gallery gallery = Gallery.inMemory(extractor.dims(), DistanceMetric.EUCLIDEAN)) {
            for (ReidImage image : images) {
                gallery.add(
                        new GalleryEntry(
                                folder.resolve("people")
                                        .relativize(image.path())
                                        .toString(),
                                image.pid(),
                                image.camid(),
                                null),
                        extractor.extract(image.path()));
            }
            gallery.commit();
            try (SearchPageServer server = new SearchPageServer(extractor, gallery, folder.resolve("people"), 0)) {
                drive(server, photo, gallery, extractor);
                HttpResponse<String> found = post(server.port(), Files.readAllBytes(photo));
                assertThat(found.statusCode()).isEqualTo(200);
                JsonArray people = JsonParser.parseString(found.body()).getAsJsonArray();
                List<GalleryHit> expected = gallery.search(
                        extractor.extract(photo), SearchOptions.nearest(10).people());
                assertThat(people).hasSameSizeAs(expected);
                for (int i = 0; i < expected.size(); i++) {
                    assertThat(people.get(i).getAsJsonObject().get("path").getAsString())
                            .isEqualTo(expected.get(i).entry().path());
                }
                assertThat(post(server.port(), "no image".getBytes(java.nio.charset.StandardCharsets.UTF_8))
                                .statusCode())
                        .isEqualTo(400);
                assertThat(post(server.port(), new byte[(10 << 20) + 1]).statusCode())
                        .isEqualTo(413);
                HttpClient client = HttpClient.newHttpClient();
                URI root = URI.create("http://localhost:" + server.port() + "/");
                assertThat(client.send(HttpRequest.newBuilder(root).build(), HttpResponse.BodyHandlers.ofString())
                                .body())
                        .contains("Who is this?", "type=\"range\"");
                for (String refused :
                        List.of("/../etc/passwd", "/photo?/etc/passwd", "/photo?../model", "/photo", "/photo?%00")) {
                    assertThat(client.send(
                                            HttpRequest.newBuilder(
                                                            URI.create("http://localhost:" + server.port() + refused))
                                                    .build(),
                                            HttpResponse.BodyHandlers.ofString())
                                    .statusCode())
                            .as(refused)
                            .isEqualTo(404);
                }
            }
        }
    }

    /** Uploads a photo as a user does, moves the threshold, picks a person that was found, and uploads what is no image. */
    private void drive(SearchPageServer server, Path photo, Gallery gallery, FeatureExtractor extractor)
            throws Exception {
        if (!Chromium.isInstalled()) {
            return;
        }
        List<GalleryHit> found = gallery.search(
                extractor.extract(photo), SearchOptions.nearest(10).people());
        GalleryHit second = found.get(1);
        List<GalleryHit> picked = gallery.search(
                extractor.extract(
                        folder.resolve("people").resolve(second.entry().path())),
                SearchOptions.nearest(10).people());
        try (Chromium browser = Chromium.open("http://localhost:" + server.port() + "/", folder.resolve("browser"))) {
            assertThat(browser.upload("#photo", Files.readAllBytes(photo), "#people"))
                    .isEqualTo("");
            String paths = "[...document.querySelectorAll('#people tr')].map(row => row.cells[4].textContent).join()";
            String verdicts = "[...document.querySelectorAll('#people tr')].map(row => row.className).join()";
            assertThat(browser.evaluate(paths)).isEqualTo(paths(found));
            browser.evaluate("find('threshold').value = 0; find('threshold').dispatchEvent(new Event('input')); ''");
            assertThat(browser.evaluate(verdicts))
                    .isEqualTo(String.join(",", Collections.nCopies(found.size(), "other")));
            browser.evaluate("find('threshold').value = find('threshold').max;"
                    + " find('threshold').dispatchEvent(new Event('input')); ''");
            assertThat(browser.evaluate(verdicts))
                    .isEqualTo(String.join(",", Collections.nCopies(found.size(), "same")));
            browser.after("document.querySelectorAll('#people img')[1].click()", "#people");
            assertThat(browser.evaluate(paths)).isEqualTo(paths(picked));
            browser.upload("#photo", new byte[] {1, 2, 3}, "#said");
            assertThat(browser.evaluate("find('said').textContent")).contains("the photo");
        }
    }

    private static String paths(List<GalleryHit> hits) {
        return hits.stream().map(hit -> hit.entry().path()).collect(Collectors.joining(","));
    }
}
