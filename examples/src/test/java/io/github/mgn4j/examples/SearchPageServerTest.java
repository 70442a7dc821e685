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
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The search page, by the JDK's client. */
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
                        new GalleryEntry(image.name(), image.pid(), image.camid(), null),
                        extractor.extract(image.path()));
            }
            gallery.commit();
            try (SearchPageServer server = new SearchPageServer(extractor, gallery, 0)) {
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
                assertThat(client.send(
                                        HttpRequest.newBuilder(root.resolve("/../etc/passwd"))
                                                .build(),
                                        HttpResponse.BodyHandlers.ofString())
                                .statusCode())
                        .isEqualTo(404);
            }
        }
    }
}
