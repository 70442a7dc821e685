package io.github.mgn4j.cli;

import com.google.gson.JsonObject;
import io.github.mgn4j.gallery.Gallery;
import io.github.mgn4j.gallery.GalleryStats;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "stats", mixinStandardHelpOptions = true, description = "Show what a gallery holds.")
final class GalleryStatsCommand implements Callable<Integer> {
    @Option(names = "--gallery", required = true, paramLabel = "DIR", description = "Folder of the gallery.")
    private Path folder = Path.of("");

    @Option(names = "--verify", description = "Also read every feature and compare it with its checksum.")
    private boolean verify;

    @Mixin
    private JsonOption json;

    @Mixin
    private OutputOptions output;

    GalleryStatsCommand(Terminal terminal) {
        output = new OutputOptions(terminal);
        json = new JsonOption(terminal);
    }

    @Override
    public Integer call() throws IOException {
        json.check(output);
        try (Gallery gallery = Gallery.open(folder)) {
            if (verify) {
                gallery.verify();
            }
            GalleryStats stats = gallery.stats();
            json.write(Json.text(object(stats)), text(stats));
        }
        return 0;
    }

    private static JsonObject object(GalleryStats stats) {
        JsonObject object = new JsonObject();
        object.addProperty("entries", stats.entries());
        object.addProperty("people", stats.people());
        object.addProperty("dims", stats.dims());
        object.addProperty("metric", GalleryAddCommand.name(stats.metric()));
        object.addProperty("bytes", stats.bytes());
        object.addProperty("removed", stats.removed());
        object.addProperty("index", index(stats));
        if (stats.isApproximate()) {
            object.addProperty("indexed", stats.indexed());
            object.addProperty("recall", stats.recall());
        }
        return object;
    }

    private static String text(GalleryStats stats) {
        return String.format(
                Locale.ROOT,
                "%d entries, %d people, %d dims, %s distance, %d bytes (%d removed entries among them), index %s%s",
                stats.entries(),
                stats.people(),
                stats.dims(),
                GalleryAddCommand.name(stats.metric()),
                stats.bytes(),
                stats.removed(),
                index(stats),
                stats.isApproximate() ? String.format(Locale.ROOT, " (recall %.3f)", stats.recall()) : "");
    }

    private static String index(GalleryStats stats) {
        return stats.isApproximate() ? "approximate" : "exact";
    }
}
