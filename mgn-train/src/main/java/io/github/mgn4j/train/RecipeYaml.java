package io.github.mgn4j.train;

import io.github.mgn4j.internal.io.AtomicFile;
import io.github.mgn4j.internal.io.FileKind;
import io.github.mgn4j.internal.io.InputFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/**
 * Reads and writes recipes as YAML files. Settings missing from a file have the article's values. Invalid settings are
 * rejected with the names of the file and the setting. {@link #MARKET1501}, which ships with the library, explains the
 * settings.
 */
public final class RecipeYaml {
    /** Name of the resource, beside this class, with the article's recipe and explanations. */
    public static final String MARKET1501 = "market1501.yaml";

    private static final long MAX_BYTES = 1 << 20;

    /** Largest nesting depth. Settings nest no deeper than a list of lists. */
    private static final int MAX_DEPTH = 16;

    private static final int MAX_LENGTH = 1000;

    private RecipeYaml() {}

    /**
     * Reads a recipe from a file.
     *
     * @throws RecipeException if the file is not a valid recipe
     * @throws IOException if it cannot be read
     */
    public static Recipe read(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file + ": no such recipe; a file or one of "
                    + String.join(", ", ArticleRecipes.names()) + " expected");
        }
        String obstacle = InputFile.obstacle(file).orElse("");
        RecipeException.check(obstacle.isEmpty(), "%s: %s, expected a recipe (.yaml)", file, obstacle);
        FileKind kind = FileKind.of(file).orElse(FileKind.TEXT);
        RecipeException.check(kind == FileKind.TEXT, "%s: %s; a recipe (.yaml) was expected", file, kind);
        long size = Files.size(file);
        RecipeException.check(size <= MAX_BYTES, "%s: a recipe of at most 1 MiB expected, found %s bytes", file, size);
        try {
            byte[] bytes = Files.readAllBytes(file);
            return parse(
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes))
                            .toString(),
                    file.toString());
        } catch (CharacterCodingException e) {
            throw new RecipeException(file + ": not a text file in UTF-8" + FileKind.found(file), e);
        }
    }

    /** Returns the text of {@link #MARKET1501}, with its comments. */
    public static String market1501() {
        return ArticleRecipes.text("market1501");
    }

    /**
     * Parses a recipe.
     *
     * @param text YAML
     * @param source name of the text in error messages
     * @throws RecipeException if the text is not a valid recipe
     */
    public static Recipe parse(String text, String source) {
        return apply(settings(text, source), Recipe.market1501(), source);
    }

    /**
     * Reads the settings of any YAML text, within the bounds of a recipe file. {@link #apply} reads a recipe from them.
     *
     * @param text YAML
     * @param source name of the text in error messages
     * @throws RecipeException if the text is not YAML, or holds no settings
     */
    public static Map<?, ?> settings(String text, String source) {
        LoadSettings settings = LoadSettings.builder().setLabel(source).build();
        @Nullable Object root;
        try {
            checkBounds(new Parse(settings).parseString(text), source);
            root = new Load(settings).loadFromString(text);
        } catch (MarkedYamlEngineException e) {
            String where =
                    e.getProblemMark().map(m -> ", line " + (m.getLine() + 1)).orElse("");
            throw new RecipeException(source + where + ": " + oneLine(String.valueOf(e.getProblem())), e);
        } catch (RecipeException e) {
            throw e;
        } catch (RuntimeException e) { // the parser's exceptions for tags that are not URIs, and YamlEngineException
            throw new RecipeException(source + ": " + oneLine(String.valueOf(e.getMessage())), e);
        }
        if (root == null) {
            return Map.of();
        }
        if (root instanceof Map<?, ?> map) {
            return map;
        }
        throw new RecipeException(source + ": settings ('key: value') expected, found " + RecipeKeys.describe(root));
    }

    /**
     * Returns a recipe with some settings replaced.
     *
     * @param settings settings by name, with the values of a recipe file
     * @param base has the values of the other settings
     * @param source name of the settings in error messages
     * @throws RecipeException if a setting is unknown or its value is not valid
     */
    public static Recipe apply(Map<?, ?> settings, Recipe base, String source) {
        RecipeBuilder builder = base.toBuilder();
        try {
            RecipeKeys.apply(settings, builder);
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw new RecipeException(source + ": " + e.getMessage(), e);
        }
    }

    /** Returns every setting of a recipe, one per line. {@link #parse} returns an equal recipe from it. */
    public static String format(Recipe recipe) {
        return RecipeKeys.format(recipe);
    }

    /**
     * Writes {@link #format} to a file.
     *
     * @throws IOException if it cannot be written
     */
    public static void write(Path file, Recipe recipe) throws IOException {
        AtomicFile.writeString(file, format(recipe));
    }

    /** Writes the recipe of a run, with comments about the program's own parts. */
    static void write(Path file, Recipe recipe, Map<String, String> ownParts) throws IOException {
        StringBuilder text = new StringBuilder();
        ownParts.forEach((part, name) -> text.append("# The ")
                .append(part)
                .append(" is the program's own: ")
                .append(oneLine(name))
                .append('\n'));
        AtomicFile.writeString(file, text + format(recipe));
    }

    /** Limits depth and length: the parser descends recursively, and takes minutes for a number of a million digits. */
    private static void checkBounds(Iterable<Event> events, String source) {
        int depth = 0;
        for (Event event : events) {
            int line = event.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
            if (event instanceof CollectionStartEvent) {
                depth++;
            } else if (event instanceof CollectionEndEvent) {
                depth--;
            }
            RecipeException.check(
                    depth <= MAX_DEPTH, "%s, line %s: values nested more than %s deep", source, line, MAX_DEPTH);
            RecipeException.check(
                    !(event instanceof ScalarEvent scalar) || scalar.getValue().length() <= MAX_LENGTH,
                    "%s, line %s: a value of more than %s characters",
                    source,
                    line,
                    MAX_LENGTH);
            RecipeException.check(
                    !(event instanceof AliasEvent),
                    "%s, line %s: an alias ('*name'); write the value out",
                    source,
                    line);
        }
    }

    private static String oneLine(String message) {
        return message.replaceAll("\\s+", " ").strip();
    }
}
