package io.github.mgn4j.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The YAML value of a setting, with the conversions that a recipe needs. Each conversion names the setting if it fails.
 */
record YamlValue(String name, @Nullable Object value) {
    int integer() {
        long whole = whole();
        RecipeException.check(
                whole == (int) whole, "%s must be a whole number below 2^31, not %s", name, RecipeKeys.describe(value));
        return (int) whole;
    }

    long whole() {
        RecipeException.check(
                value instanceof Integer || value instanceof Long,
                "%s must be a whole number, not %s",
                name,
                RecipeKeys.describe(value));
        return value instanceof Number number ? number.longValue() : 0;
    }

    double number() {
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        throw wrong("a number");
    }

    boolean bool() {
        if (value instanceof Boolean bool) {
            return bool;
        }
        throw wrong("true or false");
    }

    String text() {
        if (value instanceof String text) {
            return text;
        }
        throw wrong("a name");
    }

    Map<?, ?> section() {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw wrong("a section of settings");
    }

    List<Double> numbers() {
        return elements("a list of numbers").stream().map(YamlValue::number).toList();
    }

    List<Integer> integers() {
        return elements("a list of whole numbers").stream()
                .map(YamlValue::integer)
                .toList();
    }

    /** Returns a list of names; {@code none} alone is the empty list. */
    List<String> names() {
        if ("none".equals(value)) {
            return List.of();
        }
        return elements("a list of names, or none").stream()
                .map(YamlValue::text)
                .toList();
    }

    /** Returns the constant of a name in lower case with hyphens. */
    <E extends Enum<E>> E constant(Class<E> type) {
        for (E constant : type.getEnumConstants()) {
            if (name(constant).equals(value)) {
                return constant;
            }
        }
        throw wrong(Arrays.stream(type.getEnumConstants()).map(YamlValue::name).collect(Collectors.joining(" or ")));
    }

    /** Returns the name of a constant in a recipe. */
    static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private List<YamlValue> elements(String expected) {
        if (!(value instanceof List<?> list)) {
            throw wrong(expected);
        }
        List<YamlValue> elements = new ArrayList<>();
        for (Object element : list) {
            elements.add(new YamlValue("an element of " + name, element));
        }
        return elements;
    }

    private RecipeException wrong(String expected) {
        return new RecipeException(name + " must be " + expected + ", not " + RecipeKeys.describe(value));
    }
}
