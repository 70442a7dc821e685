package io.github.mgn4j.examples;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.gallery.Gallery;
import io.github.mgn4j.gallery.GalleryHit;
import io.github.mgn4j.gallery.SearchOptions;
import io.github.mgn4j.image.ImageException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A page to search a gallery with: upload a photo or pick one that was found, see the nearest people, and move the threshold.
 * Listens on the loopback address only, reads at most 10 MiB, refuses what is no image, and shows no file but images of the
 * gallery. Arguments: model, folder of the gallery, folder of its images, port.
 */
public final class SearchPageServer implements AutoCloseable {
    private static final int MOST_BYTES = 10 << 20;
    private static final int THREADS = 4;

    private final FeatureExtractor extractor;
    private final Gallery gallery;
    private final Path images;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

    SearchPageServer(FeatureExtractor extractor, Gallery gallery, Path images, int port) throws IOException {
        this.extractor = extractor;
        this.gallery = gallery;
        this.images = images;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/", this::page);
        server.createContext("/search", this::search);
        server.createContext("/photo", this::photo);
        server.setExecutor(threads);
        server.start();
    }

    public static void main(String... args) throws IOException {
        FeatureExtractor extractor = FeatureExtractor.open(Path.of(args[0]));
        SearchPageServer page = new SearchPageServer(
                extractor, Gallery.open(Path.of(args[1])), Path.of(args[2]), Integer.parseInt(args[3]));
        System.out.println("http://localhost:" + page.port());
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void page(HttpExchange exchange) throws IOException {
        try (InputStream page = SearchPageServer.class.getResourceAsStream("search.html")) {
            boolean root = exchange.getRequestURI().getPath().equals("/");
            byte[] text = root ? Objects.requireNonNull(page).readAllBytes() : new byte[0];
            answer(exchange, root ? 200 : 404, "text/html; charset=utf-8", text);
        }
    }

    private void search(HttpExchange exchange) throws IOException {
        byte[] image = exchange.getRequestBody().readNBytes(MOST_BYTES + 1);
        if (!exchange.getRequestMethod().equals("POST") || image.length > MOST_BYTES) {
            refuse(exchange, image.length > MOST_BYTES ? 413 : 405, "expected POST with an image of at most 10 MiB");
            return;
        }
        try {
            float[] query = extractor.extract(new ByteArrayInputStream(image), "the photo");
            JsonArray people = new JsonArray();
            for (GalleryHit hit :
                    gallery.search(query, SearchOptions.nearest(10).people())) {
                JsonObject person = new JsonObject();
                person.addProperty("pid", hit.entry().pid());
                person.addProperty("path", hit.entry().path());
                person.addProperty("distance", hit.distance());
                people.add(person);
            }
            byte[] json = new Gson().toJson(people).getBytes(StandardCharsets.UTF_8);
            answer(exchange, 200, "application/json", json);
        } catch (ImageException e) {
            refuse(exchange, 400, String.valueOf(e.getMessage()));
        }
    }

    /** Sends the image of an entry; its path is relative to the folder of the images, and may not leave it. */
    private void photo(HttpExchange exchange) throws IOException {
        String query = Objects.requireNonNullElse(exchange.getRequestURI().getQuery(), "");
        try {
            Path root = images.toRealPath();
            Path file = root.resolve(query).toRealPath();
            boolean found = file.startsWith(root) && Files.isRegularFile(file) && Files.size(file) <= MOST_BYTES;
            String type = String.valueOf(Files.probeContentType(file));
            if (found && type.startsWith("image/") && !type.contains("svg")) {
                answer(exchange, 200, type, Files.readAllBytes(file));
                return;
            }
        } catch (IOException | InvalidPathException e) {
            // Whatever the reason, there is no such photo.
        }
        refuse(exchange, 404, "no such photo");
    }

    private static void refuse(HttpExchange exchange, int status, String reason) throws IOException {
        answer(exchange, status, "text/plain; charset=utf-8", reason.getBytes(StandardCharsets.UTF_8));
    }

    private static void answer(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdown();
    }
}
