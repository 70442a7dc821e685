package io.github.mgn4j.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.github.mgn4j.eval.ReRanker;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.features.FeatureSet;
import io.github.mgn4j.features.FeatureTable;
import io.github.mgn4j.gallery.Gallery;
import io.github.mgn4j.gallery.GalleryHit;
import io.github.mgn4j.gallery.SearchOptions;
import io.github.mgn4j.internal.io.FileNames;
import io.github.mgn4j.internal.io.OutputFiles;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.report.SearchPage;
import io.github.mgn4j.verify.VerificationException;
import io.github.mgn4j.verify.VerificationThresholds;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every search, and its output. */
final class HitOptions {
    /** What a search looks for. */
    enum By {
        IMAGE,
        PERSON
    }

    @Option(
            names = "--k",
            paramLabel = "N",
            defaultValue = "10",
            description = "Number of nearest entries or people (default: ${DEFAULT-VALUE}).")
    private int k = 10;

    @Option(
            names = "--by",
            paramLabel = "image|person",
            defaultValue = "image",
            description = "Look for entries, or for people: each pid once, with its nearest entry (default:"
                    + " ${DEFAULT-VALUE}).")
    private By by = By.IMAGE;

    @Option(
            names = "--best",
            paramLabel = "N",
            defaultValue = "1",
            description = "With --by person: the distance is the mean over the nearest N entries of a person (default:"
                    + " ${DEFAULT-VALUE}).")
    private int best = 1;

    @Option(names = "--exclude-same-camera", description = "Leave the entries of a query's own camera out.")
    private boolean excludeSameCamera;

    @Option(names = "--exact", description = "Compare with every entry, even if the gallery has an approximate index.")
    private boolean exact;

    @Option(names = "--rerank", description = "Re-rank the nearest entries with k-reciprocal encoding.")
    private boolean rerank;

    @Option(
            names = "--candidates",
            paramLabel = "N",
            defaultValue = "100",
            description = "With --rerank: number of entries to re-rank (default: ${DEFAULT-VALUE}).")
    private int candidates = 100;

    @Option(
            names = "--far",
            paramLabel = "RATE",
            description = "False-accept rate of the same-person verdicts (default: "
                    + VerificationThresholds.DEFAULT_RATE
                    + "), which need thresholds in the model.")
    private @Nullable Double far;

    @Option(names = "--html", paramLabel = "FILE", description = "Write a page with the images found.")
    private @Nullable Path html;

    @Mixin
    private JsonOption json;

    @Mixin
    private OutputOptions output;

    private final Terminal terminal;

    HitOptions(Terminal terminal) {
        this.terminal = terminal;
        output = new OutputOptions(terminal);
        json = new JsonOption(terminal);
    }

    /** Checks the options before any work. */
    void check(@Nullable Model model) throws IOException {
        if (best < 1) {
            throw new IllegalArgumentException("--best must be at least 1, not " + best);
        }
        if (candidates < 2) {
            throw new IllegalArgumentException("--candidates must be at least 2, not " + candidates);
        }
        if (k < 1) {
            throw new IllegalArgumentException("--k must be at least 1, not " + k);
        }
        if (best > 1 && by != By.PERSON) {
            throw new IllegalArgumentException("--best is for --by person");
        }
        if (best > 1 && rerank) {
            throw new IllegalArgumentException("--best is not for --rerank, which ranks people by their nearest entry");
        }
        if (far != null && !(far > 0 && far < 1)) {
            throw new IllegalArgumentException("--far must lie between 0 and 1, not " + far);
        }
        if (far != null) {
            try {
                VerificationThresholds.require(model == null ? null : model.thresholds())
                        .at(far);
            } catch (VerificationException e) {
                throw new IllegalArgumentException("--far: " + e.getMessage(), e);
            }
        }
        json.check(output);
        output.check(html);
    }

    /** Returns the model's thresholds if they are for such features and distances. */
    private @Nullable VerificationThresholds thresholds(@Nullable Model model, boolean flip, DistanceMetric metric) {
        VerificationThresholds thresholds = model == null ? null : model.thresholds();
        boolean fitting = thresholds != null && thresholds.flip() == flip && thresholds.metric() == metric;
        if (far != null && !fitting) {
            throw new IllegalArgumentException(
                    "--far: the model's thresholds are for other features or another metric than the gallery's");
        }
        return fitting ? thresholds : null;
    }

    /**
     * Searches, and writes what is found.
     *
     * @param entriesIn the folder of the entries' images
     * @param queriesIn the folder of the queries' images
     */
    void run(Gallery gallery, FeatureSet queries, @Nullable Model model, boolean flip, Path entriesIn, Path queriesIn)
            throws IOException {
        VerificationThresholds thresholds = thresholds(model, flip, gallery.metric());
        List<SearchOptions> options = new ArrayList<>();
        for (FeatureTable.Entry query : queries.table().entries()) {
            options.add(options(query, thresholds));
        }
        FeatureMatrix features = queries.features();
        List<List<GalleryHit>> hits = gallery.search(features, options);
        List<FeatureTable.Entry> rows = queries.table().entries();
        try (OutputFiles files = new OutputFiles()) {
            if (html != null) {
                SearchPage.write(files, html, "Search", page(rows, hits, entriesIn, queriesIn));
            }
            json.write(files, Json.text(object(rows, hits)));
            files.publish();
        }
        json.print(Json.text(object(rows, hits)), text(rows, hits));
        if (html != null) {
            terminal.say("page -> " + FileNames.text(html));
        }
    }

    private SearchOptions options(FeatureTable.Entry query, @Nullable VerificationThresholds thresholds) {
        SearchOptions options = SearchOptions.nearest(k);
        if (by == By.PERSON) {
            options = options.peopleByMean(best);
        }
        if (excludeSameCamera && query.camid() != null) {
            options = options.excludeCamera(query.camid());
        }
        if (rerank) {
            options = options.reRank(candidates, ReRanker.STANDARD);
        }
        if (thresholds != null) {
            double rate = far == null ? VerificationThresholds.DEFAULT_RATE : far;
            boolean stored = thresholds.thresholds().stream().anyMatch(each -> each.falseAcceptRate() <= rate);
            options = stored ? options.verdicts(thresholds, rate) : options;
        }
        return exact ? options.exact() : options;
    }

    private static JsonObject object(List<FeatureTable.Entry> queries, List<List<GalleryHit>> hits) {
        JsonArray list = new JsonArray();
        for (int q = 0; q < hits.size(); q++) {
            JsonArray results = new JsonArray();
            for (GalleryHit hit : hits.get(q)) {
                JsonObject result = new JsonObject();
                result.addProperty("path", hit.entry().path());
                result.addProperty("pid", hit.entry().pid());
                result.addProperty("camid", hit.entry().camid());
                result.addProperty("distance", hit.distance());
                if (hit.entry().time() != null) {
                    result.addProperty("time", hit.entry().time().toString());
                }
                if (hit.reRanked() != null) {
                    result.addProperty("reranked", hit.reRanked());
                }
                if (hit.verdict() != null) {
                    result.addProperty("same", hit.verdict().same());
                }
                results.add(result);
            }
            JsonObject query = new JsonObject();
            query.addProperty("query", queries.get(q).path());
            query.add("results", results);
            list.add(query);
        }
        JsonObject object = new JsonObject();
        object.add("hits", list);
        return object;
    }

    private static String text(List<FeatureTable.Entry> queries, List<List<GalleryHit>> hits) {
        StringBuilder text = new StringBuilder();
        for (int q = 0; q < hits.size(); q++) {
            text.append(queries.get(q).path()).append('\n');
            for (int i = 0; i < hits.get(q).size(); i++) {
                GalleryHit hit = hits.get(q).get(i);
                text.append(String.format(
                        Locale.ROOT,
                        "%4d  %-10.6g  pid %-6s  camera %-4s  %s%s%n",
                        i + 1,
                        hit.distance(),
                        Objects.requireNonNullElse(hit.entry().pid(), "-"),
                        Objects.requireNonNullElse(hit.entry().camid(), "-"),
                        hit.entry().path(),
                        hit.verdict() == null ? "" : hit.verdict().same() ? "  same" : "  different"));
            }
            if (hits.get(q).isEmpty()) {
                text.append("      nobody\n");
            }
        }
        return text.toString();
    }

    private static List<SearchPage.Query> page(
            List<FeatureTable.Entry> queries, List<List<GalleryHit>> hits, Path entriesIn, Path queriesIn) {
        List<SearchPage.Query> page = new ArrayList<>();
        for (int q = 0; q < hits.size(); q++) {
            FeatureTable.Entry query = queries.get(q);
            List<SearchPage.Hit> found = new ArrayList<>();
            for (GalleryHit hit : hits.get(q)) {
                found.add(new SearchPage.Hit(
                        resolve(entriesIn, hit.entry().path()),
                        hit.entry().path(),
                        hit.entry().pid(),
                        hit.entry().camid(),
                        hit.distance(),
                        same(query, hit)));
            }
            page.add(new SearchPage.Query(resolve(queriesIn, query.path()), query.path(), query.camid(), found));
        }
        return page;
    }

    /** Returns the verdict, else whether the pids are equal; null if neither is known. */
    private static @Nullable Boolean same(FeatureTable.Entry query, GalleryHit hit) {
        if (hit.verdict() != null) {
            return hit.verdict().same();
        }
        Integer pid = query.pid();
        if (pid == null || pid <= 0 || hit.entry().pid() == null) {
            return null;
        }
        return pid.equals(hit.entry().pid());
    }

    private static Path resolve(Path folder, String path) {
        try {
            return FileNames.resolve(folder, path);
        } catch (InvalidPathException e) {
            return folder;
        }
    }
}
