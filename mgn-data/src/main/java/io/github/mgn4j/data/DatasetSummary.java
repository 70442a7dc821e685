package io.github.mgn4j.data;

import com.google.gson.GsonBuilder;
import io.github.mgn4j.internal.io.FileNames;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * The content of a data set, and its differences from the published counts. Immutable.
 *
 * @param format name of the format
 * @param root the data set's folder
 * @param train content of the training split
 * @param query content of the queries
 * @param gallery content of the gallery
 * @param published the published variant for the comparison; may be empty
 * @param differences one sentence for each count that differs; empty if none does or nothing was published
 * @param multiQuery the additional images of the query persons
 * @param check the kind of check for unreadable files
 * @param unreadable the unreadable files
 */
public record DatasetSummary(
        String format,
        String root,
        SplitSummary train,
        SplitSummary query,
        SplitSummary gallery,
        String published,
        List<String> differences,
        SplitSummary multiQuery,
        ImageCheck check,
        List<UnreadableImage> unreadable) {
    private static final int HISTOGRAM_ROWS = 10;
    private static final int UNREADABLE_ROWS = 20;

    public DatasetSummary {
        differences = List.copyOf(differences);
        unreadable = List.copyOf(unreadable);
    }

    /** Counts a data set and compares it with the nearest published variant. */
    public static DatasetSummary of(ReidDataset dataset, List<PublishedCounts> published) {
        SplitSummary train = SplitSummary.of(dataset.train());
        SplitSummary query = SplitSummary.of(dataset.query());
        SplitSummary gallery = SplitSummary.of(dataset.gallery());
        PublishedCounts nearest = PublishedCounts.nearest(published, dataset).orElse(null);
        List<String> differences = new ArrayList<>();
        if (nearest != null) {
            compare("train", train, nearest.train(), differences);
            compare("query", query, nearest.query(), differences);
            compare("gallery", gallery, nearest.gallery(), differences);
        }
        return new DatasetSummary(
                dataset.name(),
                FileNames.text(dataset.root()),
                train,
                query,
                gallery,
                nearest == null ? "" : nearest.variant(),
                differences,
                SplitSummary.of(dataset.multiQuery()),
                ImageCheck.NONE,
                List.of());
    }

    /** Returns this summary with the result of a check for unreadable files. */
    public DatasetSummary withUnreadable(ImageCheck how, List<UnreadableImage> images) {
        return new DatasetSummary(format, root, train, query, gallery, published, differences, multiQuery, how, images);
    }

    /**
     * Returns the data set's notes, and one line on differences from the published counts, so that nobody trains on half of a
     * data set unknowingly. The line is omitted if there are none, or if every split has less than a quarter of the published
     * images: the folder is then assumed to be a different data set in the same format.
     */
    public static List<String> warnings(ReidDataset dataset, List<PublishedCounts> published) {
        List<String> warnings = new ArrayList<>(dataset.notes());
        PublishedCounts.nearest(published, dataset)
                .filter(counts -> counts.resembles(dataset))
                .flatMap(counts -> of(dataset, List.of(counts)).difference())
                .ifPresent(warnings::add);
        return warnings;
    }

    /** Returns one sentence with all differences from the published counts; empty if there are none. */
    public Optional<String> difference() {
        return differences.isEmpty()
                ? Optional.empty()
                : Optional.of(root + " is not " + published + " as published: " + String.join("; ", differences));
    }

    private static void compare(
            String split, SplitSummary actual, PublishedCounts.Split published, List<String> differences) {
        if (actual.images() != published.images()) {
            differences.add(split + ": " + published.images() + " images published, " + actual.images() + " found");
        }
        if (actual.identities() != published.identities()) {
            differences.add(
                    split + ": " + published.identities() + " identities published, " + actual.identities() + " found");
        }
    }

    /** Returns the summary as a table with lines ending in a line feed. */
    public String render() {
        StringBuilder text = new StringBuilder();
        text.append(root).append(" (").append(format).append(")\n");
        row(text, "", "identities", "images", "cameras", "distractors", "junk");
        splits().forEach((name, split) -> row(
                text, name, split.identities(), split.images(), split.cameras(), split.distractors(), split.junk()));
        splits().forEach((name, split) -> histogram(text, name, split.imagesPerIdentity()));
        if (!published.isEmpty()) {
            text.append(differences.isEmpty() ? "as published: " : "differs from the published ")
                    .append(published)
                    .append('\n');
            differences.forEach(line -> text.append("  ").append(line).append('\n'));
        }
        renderUnreadable(text);
        return text.toString();
    }

    private void renderUnreadable(StringBuilder text) {
        if (check == ImageCheck.NONE) {
            return;
        }
        text.append(unreadable.isEmpty() ? "no unreadable image" : unreadable.size() + " unreadable images")
                .append(check == ImageCheck.QUICK ? " (both ends of each file looked at)\n" : " (all decoded)\n");
        unreadable.stream()
                .limit(UNREADABLE_ROWS)
                .forEach(image -> text.append("  ").append(image.reason()).append('\n'));
        if (unreadable.size() > UNREADABLE_ROWS) {
            text.append("  and ").append(unreadable.size() - UNREADABLE_ROWS).append(" more\n");
        }
    }

    private static void row(StringBuilder text, Object... cells) {
        text.append(String.format(Locale.ROOT, "%-11s%12s%10s%10s%13s%8s", cells)
                        .stripTrailing())
                .append('\n');
    }

    /** Appends a histogram of at most ten rows; beyond that, neighbouring numbers of images share a row. */
    private static void histogram(StringBuilder text, String name, SortedMap<Integer, Integer> counts) {
        if (counts.isEmpty()) {
            return;
        }
        int low = counts.firstKey();
        int step = (counts.lastKey() - low) / HISTOGRAM_ROWS + 1;
        text.append(name).append(": identities by number of images\n");
        for (int from = low; from <= counts.lastKey(); from += step) {
            int identities = counts.subMap(from, from + step).values().stream()
                    .mapToInt(Integer::intValue)
                    .sum();
            String range = step == 1 ? Integer.toString(from) : from + "-" + (from + step - 1);
            text.append(
                    String.format(Locale.ROOT, "%12s%10d%n", range, identities).replace(System.lineSeparator(), "\n"));
        }
    }

    private Map<String, SplitSummary> splits() {
        Map<String, SplitSummary> splits = new LinkedHashMap<>();
        splits.put("train", train);
        splits.put("query", query);
        splits.put("gallery", gallery);
        if (multiQuery.images() > 0) {
            splits.put("multiQuery", multiQuery);
        }
        return splits;
    }

    /**
     * Returns the record's components as JSON by their names; {@code multiQuery} only if there are such images.
     */
    public String toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("format", format);
        json.put("root", root);
        json.putAll(splits());
        json.put("published", published);
        json.put("differences", differences);
        json.put("check", check.name().toLowerCase(Locale.ROOT));
        json.put(
                "unreadable",
                unreadable.stream()
                        .map(image -> Map.of("path", FileNames.text(image.path()), "reason", image.reason()))
                        .toList());
        return new GsonBuilder()
                        .setPrettyPrinting()
                        .disableHtmlEscaping()
                        .create()
                        .toJson(json) + "\n";
    }
}
