package io.github.mgn4j.checkpoint;

import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.WeightsException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A renaming of a checkpoint's tensors that replaces every occurrence of a regular expression.
 *
 * @param pattern the expression to find in a name; {@code ^} matches its beginning
 * @param replacement the replacement, with {@code $1} for the first group
 */
public record Rename(Pattern pattern, String replacement) {
    /**
     * Parses {@code old=new}. The last {@code =} separates them, since no name contains one.
     *
     * @throws WeightsException if there is no {@code =}, or the part before it is not a regular expression
     */
    public static Rename parse(String text) {
        int equals = text.lastIndexOf('=');
        WeightsException.check(
                equals > 0, "a renaming '%s': old=new expected, old being a regular expression of tensor names", text);
        try {
            return new Rename(Pattern.compile(text.substring(0, equals)), text.substring(equals + 1));
        } catch (PatternSyntaxException e) {
            throw new WeightsException("a renaming '" + text + "': " + e.getDescription(), e);
        }
    }

    /** Applies renamings to names, one after the other. */
    static Map<String, Tensor> apply(Iterable<Rename> renames, Map<String, Tensor> tensors) {
        Map<String, Tensor> renamed = tensors;
        for (Rename rename : renames) {
            renamed = rename.apply(renamed);
        }
        return renamed;
    }

    private Map<String, Tensor> apply(Map<String, Tensor> tensors) {
        Map<String, Tensor> renamed = new LinkedHashMap<>();
        int changed = 0;
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            String name = name(entry.getKey());
            changed += name.equals(entry.getKey()) ? 0 : 1;
            WeightsException.check(
                    renamed.put(name, entry.getValue()) == null,
                    "the renaming %s gives two tensors the name '%s'",
                    this,
                    name);
        }
        WeightsException.check(
                changed > 0,
                "the renaming %s changes none of %s names, such as %s",
                this,
                tensors.size(),
                tensors.keySet().stream().limit(3).toList());
        return renamed;
    }

    private String name(String old) {
        try {
            return pattern.matcher(old).replaceAll(replacement);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new WeightsException("the renaming " + this + ": " + e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return "'" + pattern + "=" + replacement + "'";
    }
}
