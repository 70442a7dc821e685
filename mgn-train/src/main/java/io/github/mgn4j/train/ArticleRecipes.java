package io.github.mgn4j.train;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The article's recipes for its own data sets, which ship with the library as YAML files with comments. Each spells out
 * every setting. An epoch is a full pass over the training images in all of them.
 */
public final class ArticleRecipes {
    private static final String YAML = ".yaml";
    private static final ImmutableList<String> NAMES =
            ImmutableList.of("market1501", "dukemtmc", "cuhk03-labeled", "cuhk03-detected");

    private ArticleRecipes() {}

    /** Returns the names of the recipes. */
    public static List<String> names() {
        return NAMES;
    }

    /**
     * Returns the recipe of that name.
     *
     * @throws RecipeException if there is none, naming those that there are
     */
    public static Recipe named(String name) {
        return RecipeYaml.parse(text(name), name + YAML);
    }

    /**
     * Returns the file of that name as text, with its comments.
     *
     * @throws RecipeException if there is none, naming those that there are
     */
    public static String text(String name) {
        RecipeException.check(
                NAMES.contains(name), "unknown recipe '%s'; there are %s", name, String.join(", ", NAMES));
        String resource = name + YAML;
        try (InputStream in = ArticleRecipes.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("resource " + resource + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("resource " + resource + " cannot be read", e);
        }
    }

    /**
     * Reads a recipe from a file, or returns the one of a name if no such file exists. The name may end with {@code .yaml}.
     *
     * @throws RecipeException if the file is not a valid recipe
     * @throws java.nio.file.NoSuchFileException if there is neither a file nor a recipe of that name
     * @throws IOException if the file cannot be read
     */
    public static Recipe read(Path fileOrName) throws IOException {
        String text = fileOrName.toString();
        String name = text.endsWith(YAML) ? text.substring(0, text.length() - YAML.length()) : text;
        return NAMES.contains(name) && !Files.exists(fileOrName) ? named(name) : RecipeYaml.read(fileOrName);
    }
}
