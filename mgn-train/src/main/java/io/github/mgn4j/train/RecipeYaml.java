package io.github.mgn4j.train;

import io.github.mgn4j.internal.io.AtomicFile;
import io.github.mgn4j.internal.io.FileKind;
import io.github.mgn4j.internal.io.InputFile;
import java.io.IOException;
import java.io.InputStream;
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
 * Recipes as YAML files. What a file does not say is as in the article's recipe; what it says wrongly is refused with
 * the file's and the setting's name. The settings are explained in the file {@link #MARKET1501} that ships with the
 * library.
 */
public final class RecipeYaml {
    /** The article's recipe with explanations, as a resource beside this class. */
    public static final String MARKET1501 = "market1501.yaml";

    private static final long MAX_BYTES = 1 << 20;

    /** Settings have at most a list of lists. */
    private static final int MAX_DEPTH = 16;

    private static final int MAX_LENGTH = 1000;

    private RecipeYaml() {}

    /**
     * Reads a file.
     *
     * @throws RecipeException if it is no recipe
     * @throws IOException if it cannot be read
     */
    public static Recipe read(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file + ": no such recipe");
        }
        String obstacle = InputFile.obstacle(file).orElse("");
        RecipeException.check(obstacle.isEmpty(), "%s: %s, expected a recipe (.yaml)", file, obstacle);
        FileKind kind = FileKind.of(file).orElse(FileKind.TEXT);
        RecipeException.check(kind == FileKind.TEXT, "%s: %s; a recipe (.yaml) was expected", file, kind);
        long size = Files.size(file);
        RecipeException.check(size <= MAX_BYTES, "%s: a recipe of at most 1 MiB wanted, found %s bytes", file, size);
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

    /** The recipe that ships under {@link #MARKET1501}, with its comments. */
    public static String market1501() {
        try (InputStream in = RecipeYaml.class.getResourceAsStream(MARKET1501)) {
            if (in == null) {
                throw new IllegalStateException("resource " + MARKET1501 + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("resource " + MARKET1501 + " cannot be read", e);
        }
    }

    /**
     * Reads a text.
     *
     * @param source what errors call it
     * @throws RecipeException if it is no recipe
     */
    public static Recipe parse(String text, String source) {
        Map<?, ?> values = load(text, source);
        RecipeBuilder builder = Recipe.builder();
        try {
            RecipeKeys.apply(values, builder);
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw new RecipeException(source + ": " + e.getMessage(), e);
        }
    }

    /** Every setting of a recipe, one per line, such that {@link #parse} gives the same recipe. */
    public static String format(Recipe recipe) {
        return RecipeKeys.format(recipe);
    }

    /** Writes {@link #format} to a file. */
    public static void write(Path file, Recipe recipe) throws IOException {
        AtomicFile.writeString(file, format(recipe));
    }

    /** Writes the recipe of a run, with comments about the parts of a program's own. */
    static void write(Path file, Recipe recipe, Map<String, String> ownParts) throws IOException {
        StringBuilder text = new StringBuilder();
        ownParts.forEach((part, name) -> text.append("# The ")
                .append(part)
                .append(" is the program's own: ")
                .append(oneLine(name))
                .append('\n'));
        AtomicFile.writeString(file, text + format(recipe));
    }

    private static Map<?, ?> load(String text, String source) {
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
        } catch (RuntimeException e) { // the parser's own on tags that are no URI, and YamlEngineException
            throw new RecipeException(source + ": " + oneLine(String.valueOf(e.getMessage())), e);
        }
        if (root == null) {
            return Map.of();
        }
        if (root instanceof Map<?, ?> map) {
            return map;
        }
        throw new RecipeException(source + ": settings ('key: value') wanted, found " + RecipeKeys.describe(root));
    }

    /** The parser goes through nested values recursively, and takes minutes for a number of a million digits. */
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
