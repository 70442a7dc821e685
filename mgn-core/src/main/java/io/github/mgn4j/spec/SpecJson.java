package io.github.mgn4j.spec;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Reads and writes {@link MgnSpec} as the JSON of a model file:
 *
 * <pre>{@code
 * {"version":1,"backbone":{"depth":50,"width":1.0},"input":{"height":384,"width":128},"split":{"stage":3,"blocks":1},
 *  "branches":[{"global":true,"stripes":[],"unit_stride_stages":[]},
 *              {"global":true,"stripes":[2],"unit_stride_stages":[4]},
 *              {"global":true,"stripes":[3],"unit_stride_stages":[4]}],
 *  "pooling":"max","embedding":256,"global_classifier":"before_reduction","classes":751}
 * }</pre>
 *
 * <p>A network with variants, generalised-mean pooling, or another inner ratio or epsilon than the usual ones is written as
 * version 2: {@code backbone} has the keys {@code inner_ratio} and {@code epsilon} besides, and the root has
 * {@code "variants":["bn_neck"]}, the labels of {@link Variant}. Other networks are written as version 1, which every
 * release reads.
 *
 * <p>Reading is strict: every key is required, other keys are rejected, and each value must have its type. Thread-safe.
 */
public final class SpecJson {
    /** The newest version. It changes when an older reader would misunderstand a newer file. */
    public static final int VERSION = 2;

    private static final String INNER_RATIO = "inner_ratio";
    private static final String EPSILON = "epsilon";
    private static final String VARIANTS = "variants";

    /** A depth that version 1 does not know. */
    private static final int DEEPEST = 152;

    private SpecJson() {}

    /** Returns the spec as compact JSON text. */
    public static String write(MgnSpec spec) {
        return toJson(spec).toString();
    }

    /** Returns the spec as a JSON object. */
    public static JsonObject toJson(MgnSpec spec) {
        boolean plain = isPlain(spec);
        JsonObject backbone = new JsonObject();
        backbone.addProperty("depth", spec.backbone().depth());
        backbone.addProperty("width", spec.backbone().width());
        if (!plain) {
            backbone.addProperty(INNER_RATIO, spec.backbone().innerRatio());
            backbone.addProperty(EPSILON, spec.backbone().epsilon());
        }
        JsonObject input = new JsonObject();
        input.addProperty("height", spec.input().height());
        input.addProperty("width", spec.input().width());
        JsonObject split = new JsonObject();
        split.addProperty("stage", spec.split().stage());
        split.addProperty("blocks", spec.split().blocks());
        JsonArray branches = new JsonArray();
        for (Branch branch : spec.branches()) {
            JsonObject json = new JsonObject();
            json.addProperty("global", branch.global());
            json.add("stripes", ints(branch.stripes()));
            json.add("unit_stride_stages", ints(branch.unitStrideStages()));
            branches.add(json);
        }
        JsonObject json = new JsonObject();
        json.addProperty("version", plain ? 1 : VERSION);
        json.add("backbone", backbone);
        json.add("input", input);
        json.add("split", split);
        json.add("branches", branches);
        json.addProperty("pooling", name(spec.pooling()));
        json.addProperty("embedding", spec.embedding());
        json.addProperty("global_classifier", name(spec.globalClassifier()));
        json.addProperty("classes", spec.classes());
        if (!plain) {
            JsonArray variants = new JsonArray();
            spec.variants().forEach(variant -> variants.add(variant.label()));
            json.add(VARIANTS, variants);
        }
        return json;
    }

    /** Returns whether version 1 can describe the network. */
    private static boolean isPlain(MgnSpec spec) {
        Backbone backbone = spec.backbone();
        return spec.variants().isEmpty()
                && spec.pooling() != Pooling.GEM
                && backbone.equals(new Backbone(backbone.depth(), backbone.width()))
                && backbone.depth() != DEEPEST;
    }

    /**
     * Reads a spec from JSON text.
     *
     * @throws SpecException if the text is not JSON, or as {@link #fromJson}
     */
    public static MgnSpec parse(String text) {
        try {
            JsonReader reader = new JsonReader(new StringReader(text));
            reader.setStrictness(Strictness.STRICT);
            JsonElement json = JsonParser.parseReader(reader);
            SpecException.check(
                    json.isJsonObject() && reader.peek() == JsonToken.END_DOCUMENT,
                    "a spec is one JSON object, found '%s'",
                    shorten(text));
            return fromJson(json.getAsJsonObject());
        } catch (JsonParseException | MalformedJsonException e) {
            throw new SpecException("a spec is one JSON object, found '" + shorten(text) + "'");
        } catch (IOException e) {
            throw new AssertionError("reading from a string", e);
        }
    }

    /**
     * Reads a spec from a JSON object.
     *
     * @throws SpecException naming the key that is unknown, missing or of another type, or explaining why the values describe
     *     no valid network
     */
    public static MgnSpec fromJson(JsonObject json) {
        // The version is checked first: errors about the keys of a newer version would be misleading.
        Node root = new Node("", json);
        int version = root.integer("version");
        SpecException.check(
                version >= 1 && version <= VERSION, "spec version %s is not known, only 1 to %s", version, VERSION);
        List<String> keys = new ArrayList<>(List.of(
                "version",
                "backbone",
                "input",
                "split",
                "branches",
                "pooling",
                "embedding",
                "global_classifier",
                "classes"));
        if (version > 1) {
            keys.add(VARIANTS);
        }
        root.checkKeys(keys.toArray(String[]::new));
        Node input = root.object("input", "height", "width");
        Node split = root.object("split", "stage", "blocks");
        List<Branch> branches = new ArrayList<>();
        for (Node branch : root.objects("branches", "global", "stripes", "unit_stride_stages")) {
            branches.add(new Branch(
                    branch.bool("global"),
                    branch.integers("stripes"),
                    new TreeSet<>(branch.integers("unit_stride_stages"))));
        }
        return new MgnSpec(
                backbone(root, version),
                new InputSize(input.integer("height"), input.integer("width")),
                new SplitPoint(split.integer("stage"), split.integer("blocks")),
                branches,
                root.oneOf("pooling", Pooling.values()),
                root.integer("embedding"),
                root.oneOf("global_classifier", ClassifierPosition.values()),
                root.integer("classes"),
                version == 1 ? Collections.emptySortedSet() : new TreeSet<>(root.allOf(VARIANTS, Variant.values())));
    }

    private static Backbone backbone(Node root, int version) {
        if (version == 1) {
            Node node = root.object("backbone", "depth", "width");
            return new Backbone(node.integer("depth"), node.number("width"));
        }
        Node node = root.object("backbone", "depth", "width", INNER_RATIO, EPSILON);
        return new Backbone(
                node.integer("depth"), node.number("width"), node.integer(INNER_RATIO), node.number(EPSILON));
    }

    private static JsonArray ints(Iterable<Integer> values) {
        JsonArray array = new JsonArray();
        values.forEach(array::add);
        return array;
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static String shorten(String text) {
        String line = text.lines().findFirst().orElse("");
        return line.length() <= 40 ? line : line.substring(0, 40) + "...";
    }

    /** A JSON object and its path, for messages. */
    private record Node(String path, JsonObject json) {
        void checkKeys(String... keys) {
            Set<String> expected = Set.of(keys);
            for (String key : json.keySet()) {
                SpecException.check(expected.contains(key), "unknown spec key '%s'", path + key);
            }
            for (String key : keys) {
                get(key);
            }
        }

        Node object(String key, String... keys) {
            JsonElement value = get(key);
            SpecException.check(value.isJsonObject(), "spec key '%s' must be an object, not %s", path + key, value);
            Node node = new Node(path + key + ".", value.getAsJsonObject());
            node.checkKeys(keys);
            return node;
        }

        List<Node> objects(String key, String... keys) {
            List<Node> nodes = new ArrayList<>();
            for (JsonElement value : array(key)) {
                String name = key + "[" + nodes.size() + "]";
                SpecException.check(
                        value.isJsonObject(), "spec key '%s' must be an object, not %s", path + name, value);
                Node node = new Node(path + name + ".", value.getAsJsonObject());
                node.checkKeys(keys);
                nodes.add(node);
            }
            return nodes;
        }

        int integer(String key) {
            return integer(key, get(key));
        }

        List<Integer> integers(String key) {
            List<Integer> values = new ArrayList<>();
            for (JsonElement value : array(key)) {
                values.add(integer(key + "[" + values.size() + "]", value));
            }
            return values;
        }

        double number(String key) {
            JsonElement value = get(key);
            SpecException.check(isNumber(value), "spec key '%s' must be a number, not %s", path + key, value);
            return value.getAsDouble();
        }

        boolean bool(String key) {
            JsonElement value = get(key);
            SpecException.check(
                    value.isJsonPrimitive() && value.getAsJsonPrimitive().isBoolean(),
                    "spec key '%s' must be true or false, not %s",
                    path + key,
                    value);
            return value.getAsBoolean();
        }

        <E extends Enum<E>> E oneOf(String key, E[] values) {
            return oneOf(key, get(key), values);
        }

        <E extends Enum<E>> List<E> allOf(String key, E[] values) {
            List<E> found = new ArrayList<>();
            for (JsonElement value : array(key)) {
                found.add(oneOf(key + "[" + found.size() + "]", value, values));
            }
            return found;
        }

        private <E extends Enum<E>> E oneOf(String key, JsonElement json, E[] values) {
            boolean text = json.isJsonPrimitive() && json.getAsJsonPrimitive().isString();
            return Stream.of(values)
                    .filter(value -> text && name(value).equals(json.getAsString()))
                    .findFirst()
                    .orElseThrow(() -> new SpecException("spec key '%s' must be one of %s, not %s"
                            .formatted(
                                    path + key,
                                    Stream.of(values).map(SpecJson::name).toList(),
                                    json)));
        }

        private int integer(String key, JsonElement value) {
            if (isNumber(value)) {
                try {
                    return value.getAsBigDecimal().intValueExact();
                } catch (ArithmeticException | NumberFormatException e) {
                    // rejected below
                }
            }
            throw new SpecException("spec key '%s' must be an integer, not %s".formatted(path + key, value));
        }

        private JsonArray array(String key) {
            JsonElement value = get(key);
            SpecException.check(value.isJsonArray(), "spec key '%s' must be an array, not %s", path + key, value);
            return value.getAsJsonArray();
        }

        private JsonElement get(String key) {
            JsonElement value = json.get(key);
            if (value == null) {
                throw new SpecException("spec key '%s' is missing".formatted(path + key));
            }
            return value;
        }

        private static boolean isNumber(JsonElement value) {
            return value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber();
        }
    }
}
