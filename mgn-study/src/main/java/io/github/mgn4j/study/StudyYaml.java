package io.github.mgn4j.study;

import io.github.mgn4j.internal.io.InputFile;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.Presets;
import io.github.mgn4j.spec.SpecJson;
import io.github.mgn4j.train.Recipe;
import io.github.mgn4j.train.RecipeYaml;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows from a YAML file:
 *
 * <pre>{@code
 * rows:
 *   - name: global and part-2, joined
 *     networks:
 *       - {spec: global, recipe: {margin: 0.3}}
 *       - {spec: part-2}
 *     normalise: true
 *   - name: mine
 *     networks: [{spec: mine.json, triplet-on-stripes: true, init: start.safetensors}]
 * }</pre>
 *
 * <p>{@code spec} is a preset's name or a JSON file of {@link SpecJson}, relative to the YAML file, as is {@code init}, a file with the {@linkplain
 * StartingBackbone backbone} that the training starts from; random weights without it. {@code recipe} has the
 * settings of a recipe file that differ from the base recipe; {@code network} and {@code seed} are not among them, because the
 * spec and the study say them.
 */
public final class StudyYaml {
    private static final long MAX_BYTES = 1 << 20;

    private final String source;
    private final Path folder;
    private final Recipe base;

    private StudyYaml(Path file, Recipe base) {
        source = file.toString();
        folder = file.toAbsolutePath().getParent() == null
                ? Path.of("")
                : file.toAbsolutePath().getParent();
        this.base = base;
    }

    /**
     * Reads the rows of a file.
     *
     * @param base the recipe of networks that name no other settings, and the size of the presets
     * @throws StudyException naming the row and the key that is wrong
     * @throws IOException if a file cannot be read
     */
    public static List<StudyRow> read(Path file, Recipe base) throws IOException {
        return new StudyYaml(file, base).rows(RecipeYaml.settings(text(file), file.toString()));
    }

    private static String text(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString(), null, "no such file of rows (.yaml)");
        }
        String obstacle = InputFile.obstacle(file).orElse("");
        StudyException.check(obstacle.isEmpty(), "%s: %s, expected a file of rows (.yaml)", file, obstacle);
        StudyException.check(Files.size(file) <= MAX_BYTES, "%s: rows of at most 1 MiB expected", file);
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new StudyException(file + ": not a text file in UTF-8, expected rows (.yaml)");
        }
    }

    private List<StudyRow> rows(Map<?, ?> root) throws IOException {
        check(root, "", Set.of("rows"));
        List<?> entries = list(root.get("rows"), "rows");
        List<StudyRow> rows = new ArrayList<>();
        for (Object entry : entries) {
            rows.add(row(section(entry, "row " + (rows.size() + 1)), rows.size() + 1));
        }
        return rows;
    }

    private StudyRow row(Map<?, ?> values, int number) throws IOException {
        String where = "row " + number;
        check(values, where + ": ", Set.of("name", "networks", "normalise"));
        String name = String.valueOf(values.get("name"));
        StudyException.check(
                values.get("name") instanceof String, "%s: %s: name must be a text, not %s", source, where, name);
        where = "row '" + name + "'";
        List<StudyNetwork> networks = new ArrayList<>();
        for (Object entry : list(values.get("networks"), where + ": networks")) {
            String at = where + ", network " + (networks.size() + 1);
            networks.add(network(section(entry, at), at));
        }
        return new StudyRow(name, networks, bool(values, "normalise", where), PublishedFigures.NONE);
    }

    private StudyNetwork network(Map<?, ?> values, String where) throws IOException {
        check(values, where + ": ", Set.of("spec", "recipe", "triplet-on-stripes", "init"));
        Object spec = values.get("spec");
        if (!(spec instanceof String)) {
            throw new StudyException("%s: %s: spec must be a preset (%s) or a JSON file, not %s"
                    .formatted(source, where, presets(), spec));
        }
        MgnSpec network = spec(String.valueOf(spec), where);
        Map<?, ?> settings =
                values.containsKey("recipe") ? section(values.get("recipe"), where + ": recipe") : Map.of();
        for (String key : List.of("network", "seed")) {
            StudyException.check(
                    !settings.containsKey(key),
                    "%s: %s: recipe.%s does not belong here, since %s says it",
                    source,
                    where,
                    key,
                    key.equals("seed") ? "the study" : "spec");
        }
        Recipe recipe = RecipeYaml.apply(settings, base, source + ": " + where);
        StudyNetwork result = bool(values, "triplet-on-stripes", where)
                ? StudySuites.tripletOnStripes(network, recipe)
                : StudyNetwork.of(network, recipe);
        return values.containsKey("init") ? started(result, values.get("init"), where) : result;
    }

    private StudyNetwork started(StudyNetwork network, @Nullable Object init, String where) throws IOException {
        if (!(init instanceof String name)) {
            throw new StudyException("%s: %s: init must be a file with the backbone to start from, not %s"
                    .formatted(source, where, init));
        }
        StartingBackbone start = StartingBackbone.read(folder.resolve(name));
        StudyException.check(
                start.fits(network.spec()),
                "%s: %s: init: %s, the network a ResNet-%d of width %s",
                source,
                where,
                start.size(),
                network.spec().backbone().depth(),
                network.spec().backbone().width());
        return network.withStart(start);
    }

    private MgnSpec spec(String name, String where) throws IOException {
        if (Presets.all().containsKey(name)) {
            return StudySuites.preset(name, base);
        }
        StudyException.check(
                name.endsWith(".json"),
                "%s: %s: unknown spec '%s'; there are %s, or a JSON file",
                source,
                where,
                name,
                presets());
        Path file = folder.resolve(name);
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString(), null, "no such spec, named by " + source + ", " + where);
        }
        try {
            return SpecJson.parse(text(file));
        } catch (IllegalArgumentException e) {
            throw new StudyException(file + ": " + e.getMessage());
        }
    }

    private static String presets() {
        return String.join(", ", Presets.all().keySet());
    }

    private boolean bool(Map<?, ?> values, String key, String where) {
        if (!values.containsKey(key)) {
            return false;
        }
        Object value = values.get(key);
        StudyException.check(
                value instanceof Boolean, "%s: %s: %s must be true or false, not %s", source, where, key, value);
        return Boolean.TRUE.equals(value);
    }

    private List<?> list(@Nullable Object value, String what) {
        if (value instanceof List<?> list && !list.isEmpty()) {
            return list;
        }
        throw new StudyException("%s: %s must be a list of at least one entry, not %s".formatted(source, what, value));
    }

    private Map<?, ?> section(@Nullable Object value, String what) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new StudyException("%s: %s must be a section of settings, not %s".formatted(source, what, value));
    }

    private void check(Map<?, ?> values, String where, Set<String> known) {
        for (Object key : values.keySet()) {
            StudyException.check(
                    known.contains(String.valueOf(key)),
                    "%s: %sunknown key '%s'; there are %s",
                    source,
                    where,
                    key,
                    known.stream().sorted().toList());
        }
    }
}
