package io.github.mgn4j.train;

import com.google.common.collect.ImmutableMap;
import io.github.mgn4j.data.EpochLength;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.image.OnError;
import io.github.mgn4j.spec.ClassifierPosition;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.Pooling;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The settings of a recipe file: their names, and how they are read and written. */
final class RecipeKeys {
    private static final String NETWORK = "network";

    @FunctionalInterface
    private interface Setter {
        void set(RecipeBuilder builder, YamlValue value);
    }

    private record Key(Setter read, Function<Recipe, @Nullable Object> write) {}

    private static final ImmutableMap<String, Key> KEYS = ImmutableMap.<String, Key>builder()
            .put("p", new Key((b, v) -> b.p(v.integer()), Recipe::p))
            .put("k", new Key((b, v) -> b.k(v.integer()), Recipe::k))
            .put(
                    "epoch",
                    new Key(
                            (b, v) -> b.epochLength(v.constant(EpochLength.class)),
                            r -> YamlValue.name(r.sampling().epochLength())))
            .put("epochs", new Key((b, v) -> b.epochs(v.integer()), Recipe::epochs))
            .put("iterations", new Key((b, v) -> b.iterations(v.integer()), Recipe::iterations))
            .put(
                    "optimizer",
                    new Key(
                            (b, v) -> b.optimizer(b.optimizer.withKind(v.constant(OptimizerSettings.Kind.class))),
                            r -> YamlValue.name(r.optimizer().kind())))
            .put(
                    "lr-schedule",
                    new Key(
                            (b, v) -> b.lrSchedule(v.constant(LrSchedule.Shape.class)),
                            r -> YamlValue.name(r.schedule().shape())))
            .put("lr", new Key((b, v) -> b.lr(v.number()), r -> r.schedule().base()))
            .put(
                    "lr-steps",
                    new Key((b, v) -> b.lrSteps(v.numbers()), r -> r.schedule().steps()))
            .put(
                    "lr-gamma",
                    new Key((b, v) -> b.lrGamma(v.number()), r -> r.schedule().gamma()))
            .put(
                    "lr-min",
                    new Key((b, v) -> b.lrMin(v.number()), r -> r.schedule().min()))
            .put(
                    "warm-up-epochs",
                    new Key(
                            (b, v) -> b.warmUpEpochs(v.number()),
                            r -> r.schedule().warmUpEpochs()))
            .put(
                    "momentum",
                    new Key((b, v) -> b.momentum(v.number()), r -> r.optimizer().momentum()))
            .put(
                    "weight-decay",
                    new Key(
                            (b, v) -> b.weightDecay(v.number()),
                            r -> r.optimizer().weightDecay()))
            .put(
                    "adam-beta1",
                    new Key(
                            (b, v) -> b.optimizer(b.optimizer.withBeta1(v.number())),
                            r -> r.optimizer().beta1()))
            .put(
                    "adam-beta2",
                    new Key(
                            (b, v) -> b.optimizer(b.optimizer.withBeta2(v.number())),
                            r -> r.optimizer().beta2()))
            .put(
                    "adam-epsilon",
                    new Key(
                            (b, v) -> b.optimizer(b.optimizer.withEpsilon(v.number())),
                            r -> r.optimizer().epsilon()))
            .put(
                    "amsgrad",
                    new Key(
                            (b, v) -> b.optimizer(b.optimizer.withAmsgrad(v.bool())),
                            r -> r.optimizer().amsgrad()))
            .put(
                    "new-layers-lr",
                    new Key(
                            (b, v) -> b.parameters(b.parameters.withNewLayersLr(v.number())),
                            r -> r.parameters().newLayersLr()))
            .put(
                    "decay-batch-norm",
                    new Key(
                            (b, v) -> b.parameters(b.parameters.withDecayBatchNorm(v.bool())),
                            r -> r.parameters().decayBatchNorm()))
            .put(
                    "decay-bias",
                    new Key(
                            (b, v) -> b.parameters(b.parameters.withDecayBias(v.bool())),
                            r -> r.parameters().decayBias()))
            .put(
                    "freeze-backbone",
                    new Key(
                            (b, v) -> b.parameters(b.parameters.withFreezeBackbone(v.integer())),
                            r -> r.parameters().freezeBackbone()))
            .put("clip-norm", new Key((b, v) -> b.clipNorm(v.number()), Recipe::clipNorm))
            .put(
                    "margin",
                    new Key((b, v) -> b.margin(v.number()), r -> r.losses().margin()))
            .put(
                    "soft-margin",
                    new Key((b, v) -> b.softMargin(v.bool()), r -> r.losses().softMargin()))
            .put(
                    "label-smoothing",
                    new Key(
                            (b, v) -> b.labelSmoothing(v.number()),
                            r -> r.losses().labelSmoothing()))
            .put(
                    "softmax-weight",
                    new Key(
                            (b, v) -> b.softmaxWeight(v.number()),
                            r -> r.losses().softmaxWeight()))
            .put(
                    "triplet-weight",
                    new Key(
                            (b, v) -> b.tripletWeight(v.number()),
                            r -> r.losses().tripletWeight()))
            .put(
                    "augment",
                    new Key((b, v) -> b.augment(v.names()), r -> r.sampling().augment()))
            .put(
                    "on-error",
                    new Key(
                            (b, v) -> b.onError(v.constant(OnError.class)),
                            r -> YamlValue.name(r.sampling().onError())))
            .put("seed", new Key((b, v) -> b.seed(v.whole()), Recipe::seed))
            .put("micro-batch", new Key((b, v) -> b.microBatch(v.integer()), Recipe::microBatch))
            .put(
                    "precision",
                    new Key((b, v) -> b.precision(v.constant(Precision.class)), r -> YamlValue.name(r.precision())))
            .put(
                    "checkpoint-every",
                    new Key(
                            (b, v) -> b.checkpointEvery(v.integer()),
                            r -> r.cadence().checkpointEvery()))
            .put(
                    "evaluate-every",
                    new Key(
                            (b, v) -> b.evaluateEvery(v.integer()),
                            r -> r.cadence().evaluateEvery()))
            .put(NETWORK, new Key((b, v) -> b.network(network(v)), r -> networkValues(r.network())))
            .buildOrThrow();

    private static final List<String> NETWORK_KEYS =
            List.of("preset", "depth", "width", "input", "pooling", "embedding", "global-classifier");

    private RecipeKeys() {}

    /** Reads settings into a builder. */
    static void apply(Map<?, ?> values, RecipeBuilder builder) {
        // "epochs" clears "iterations", so "iterations" must be applied last, whatever the file's order.
        checkKnown(values, KEYS.keySet(), "");
        KEYS.forEach((name, key) -> {
            if (values.containsKey(name)) {
                key.read().set(builder, new YamlValue(name, values.get(name)));
            }
        });
    }

    static String format(Recipe recipe) {
        StringBuilder out = new StringBuilder();
        KEYS.forEach((name, key) -> {
            Object value = key.write().apply(recipe);
            if (value instanceof Map<?, ?> section) {
                out.append(name).append(":\n");
                section.forEach((k, v) ->
                        out.append("  ").append(k).append(": ").append(v).append('\n'));
            } else if (value != null) {
                out.append(name).append(": ").append(value).append('\n');
            }
        });
        return out.toString();
    }

    /** Describes a value for errors. */
    static String describe(@Nullable Object value) {
        String text = String.valueOf(value).replaceAll("\\s+", " ");
        return value == null ? "nothing" : "'" + (text.length() > 60 ? text.substring(0, 60) + "..." : text) + "'";
    }

    private static void checkKnown(Map<?, ?> values, Iterable<String> known, String prefix) {
        List<String> names = new ArrayList<>();
        known.forEach(names::add);
        for (Object key : values.keySet()) {
            RecipeException.check(
                    key instanceof String && names.contains(key),
                    "unknown setting %s; there are %s",
                    describe(prefix + key),
                    String.join(", ", names));
        }
    }

    private static NetworkSettings network(YamlValue section) {
        Map<?, ?> values = section.section();
        checkKnown(values, NETWORK_KEYS, "network.");
        Function<String, @Nullable YamlValue> value =
                name -> values.containsKey(name) ? new YamlValue("network." + name, values.get(name)) : null;
        YamlValue preset = value.apply("preset");
        YamlValue depth = value.apply("depth");
        YamlValue width = value.apply("width");
        YamlValue input = value.apply("input");
        YamlValue pooling = value.apply("pooling");
        YamlValue embedding = value.apply("embedding");
        YamlValue classifier = value.apply("global-classifier");
        return new NetworkSettings(
                preset == null ? "mgn" : preset.text(),
                depth == null ? null : depth.integer(),
                width == null ? null : width.number(),
                input == null ? null : inputSize(input),
                pooling == null ? null : pooling.constant(Pooling.class),
                embedding == null ? null : embedding.integer(),
                classifier == null ? null : classifier.constant(ClassifierPosition.class));
    }

    private static InputSize inputSize(YamlValue value) {
        List<Integer> sizes = value.integers();
        RecipeException.check(
                sizes.size() == 2, "%s must be [height, width], not %s", value.name(), describe(value.value()));
        return new InputSize(sizes.get(0), sizes.get(1));
    }

    private static Map<String, Object> networkValues(NetworkSettings network) {
        ImmutableMap.Builder<String, Object> values = ImmutableMap.builder();
        values.put("preset", network.preset());
        put(values, "depth", network.depth());
        put(values, "width", network.width());
        InputSize input = network.input();
        put(values, "input", input == null ? null : List.of(input.height(), input.width()));
        Pooling pooling = network.pooling();
        put(values, "pooling", pooling == null ? null : YamlValue.name(pooling));
        put(values, "embedding", network.embedding());
        ClassifierPosition position = network.globalClassifier();
        put(values, "global-classifier", position == null ? null : YamlValue.name(position));
        return values.buildOrThrow();
    }

    private static void put(ImmutableMap.Builder<String, Object> values, String name, @Nullable Object value) {
        if (value != null) {
            values.put(name, value);
        }
    }
}
