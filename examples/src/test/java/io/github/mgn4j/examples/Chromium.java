package io.github.mgn4j.examples;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One page in a headless Chromium, driven by its debugging protocol. */
final class Chromium implements AutoCloseable {
    private static final String NAME = "chromium";
    private static final int SECONDS = 60;
    private static final int STEP_MILLIS = 50;

    private final Process process;
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private final WebSocket socket;
    private int id;

    private Chromium(Process process, URI page) {
        this.process = process;
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(page, new Listener(messages))
                .join();
    }

    static boolean isInstalled() {
        return Stream.of(Objects.requireNonNullElse(System.getenv("PATH"), "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder).resolve(NAME)));
    }

    /** Opens a page and waits until it is loaded. */
    static Chromium open(String address, Path profile) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        NAME,
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--no-first-run",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        address)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            Path file = profile.resolve("DevToolsActivePort");
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
            while (!Files.exists(file) || Files.readAllLines(file).size() < 2) {
                if (!process.isAlive() || System.nanoTime() > end) {
                    throw new IOException("Chromium does not start");
                }
                Thread.sleep(STEP_MILLIS);
            }
            String port = Files.readAllLines(file).get(0);
            Chromium browser = new Chromium(process, page(port, address, end));
            while (!browser.evaluate("document.readyState").equals("complete")) {
                Thread.sleep(STEP_MILLIS);
            }
            return browser;
        } catch (IOException | InterruptedException | RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private static URI page(String port, String address, long end) throws IOException, InterruptedException {
        HttpRequest list = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/list"))
                .build();
        while (System.nanoTime() < end) {
            String pages = HttpClient.newHttpClient()
                    .send(list, HttpResponse.BodyHandlers.ofString())
                    .body();
            for (var page : JsonParser.parseString(pages).getAsJsonArray()) {
                JsonObject object = page.getAsJsonObject();
                if (object.get("url").getAsString().equals(address)) {
                    return URI.create(object.get("webSocketDebuggerUrl").getAsString());
                }
            }
            Thread.sleep(STEP_MILLIS);
        }
        throw new IOException("Chromium does not open " + address);
    }

    /** Evaluates an expression, or waits for the promise that it is, and returns its value as text. */
    String evaluate(String expression) throws IOException, InterruptedException {
        JsonObject parameters = new JsonObject();
        parameters.addProperty("expression", expression);
        parameters.addProperty("awaitPromise", true);
        parameters.addProperty("returnByValue", true);
        JsonObject call = new JsonObject();
        call.addProperty("id", ++id);
        call.addProperty("method", "Runtime.evaluate");
        call.add("params", parameters);
        socket.sendText(call.toString(), true).join();
        while (true) {
            String message = messages.poll(SECONDS, TimeUnit.SECONDS);
            if (message == null) {
                throw new IOException("no answer from Chromium to " + expression);
            }
            JsonObject answer = JsonParser.parseString(message).getAsJsonObject();
            if (answer.has("id") && answer.get("id").getAsInt() == id) {
                JsonObject result = answer.getAsJsonObject("result").getAsJsonObject("result");
                if (!result.has("value")) {
                    throw new IOException(expression + " ended in " + message);
                }
                return result.get("value").getAsString();
            }
        }
    }

    /** Runs a statement and waits until the children of an element change. */
    void after(String statement, String changed) throws IOException, InterruptedException {
        evaluate("new Promise(done => { new MutationObserver((_, observer) => { observer.disconnect(); done(''); })"
                + ".observe(document.querySelector('" + changed + "'), {childList: true}); " + statement + "; })");
    }

    /** Chooses a file in a file input, waits until the children of an element change, and returns the first message. */
    String upload(String input, byte[] bytes, String changed) throws IOException, InterruptedException {
        after(
                "const files = new DataTransfer(); files.items.add(new File([Uint8Array.from(atob('"
                        + Base64.getEncoder().encodeToString(bytes)
                        + "'), c => c.charCodeAt(0))], 'photo.jpg')); const input = document.querySelector('" + input
                        + "'); input.files = files.files; input.dispatchEvent(new Event('change'))",
                changed);
        return evaluate("document.querySelector('[role=status]').textContent");
    }

    @Override
    public void close() {
        socket.abort();
        List<ProcessHandle> all = process.descendants().toList();
        process.destroyForcibly();
        process.onExit().join();
        for (ProcessHandle child : all) {
            child.destroyForcibly();
            child.onExit().join();
        }
    }

    /** Joins the parts of messages. */
    private record Listener(BlockingQueue<String> messages, StringBuilder parts) implements WebSocket.Listener {
        Listener(BlockingQueue<String> messages) {
            this(messages, new StringBuilder());
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            parts.append(data);
            if (last) {
                messages.add(parts.toString());
                parts.setLength(0);
            }
            socket.request(1);
            return CompletableFuture.completedFuture("");
        }
    }
}
