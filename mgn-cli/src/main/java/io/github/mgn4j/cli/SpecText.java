package io.github.mgn4j.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.github.mgn4j.image.Preprocessing;
import io.github.mgn4j.loss.Objective;
import io.github.mgn4j.spec.FeaturePart;
import io.github.mgn4j.spec.GlobalFeature;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.spec.SpecJson;
import io.github.mgn4j.spec.Variant;
import java.util.Locale;
import java.util.stream.Collectors;

/** Describes a network for {@code info}, as text and as JSON. */
final class SpecText {
    private SpecText() {}

    static JsonObject json(MgnSpec spec) {
        NetworkSummary summary = NetworkSummary.of(spec);
        JsonObject json = new JsonObject();
        json.addProperty("parameters", summary.parameterCount());
        json.addProperty("parameters_without_classifiers", summary.parameterCountWithoutClassifiers());
        json.addProperty("macs", summary.macs());
        json.addProperty("macs_without_classifiers", summary.macsWithoutClassifiers());
        json.addProperty("dims", spec.featureLength());
        JsonArray input = new JsonArray();
        input.add(spec.input().height());
        input.add(spec.input().width());
        json.add("input", input);
        json.addProperty("classes", spec.classes());
        JsonArray features = new JsonArray();
        for (FeaturePart part : spec.features()) {
            JsonObject feature = new JsonObject();
            feature.addProperty("name", part.name());
            feature.addProperty("kind", kind(part));
            feature.addProperty("dims", part.dims());
            features.add(feature);
        }
        json.add("features", features);
        json.add("spec", SpecJson.toJson(spec));
        return json;
    }

    static String text(MgnSpec spec, Preprocessing preprocessing) {
        NetworkSummary summary = NetworkSummary.of(spec);
        StringBuilder text = new StringBuilder();
        line(
                text,
                "backbone",
                "ResNet-" + spec.backbone().depth()
                        + (spec.backbone().width() == 1
                                ? ""
                                : ", width x" + spec.backbone().width())
                        + (spec.backbone().innerRatio() == 1 ? "" : ", wide bottlenecks"));
        line(text, "input", spec.input().height() + "x" + spec.input().width() + " (height x width)");
        line(
                text,
                "images",
                "%s, mean %s, deviation %s, %s"
                        .formatted(
                                preprocessing.resampling().name().toLowerCase(Locale.ROOT),
                                preprocessing.mean(),
                                preprocessing.standardDeviation(),
                                preprocessing.flip() ? "averaged over the mirror" : "without the mirror"));
        line(
                text,
                "trunk",
                "up to layer%d[%d]".formatted(spec.split().stage(), spec.split().blocks() - 1));
        line(text, "branches", "" + spec.branches().size());
        line(text, "pooling", spec.pooling().name().toLowerCase(Locale.ROOT));
        if (!spec.variants().isEmpty()) {
            line(text, "variants", spec.variants().stream().map(Variant::label).collect(Collectors.joining(", ")));
        }
        line(text, "classes", "" + spec.classes());
        line(
                text,
                "parameters",
                "%,d (%,d without classifiers)"
                        .formatted(summary.parameterCount(), summary.parameterCountWithoutClassifiers()));
        line(text, "operations", String.format(Locale.ROOT, "%.3f GMAC per image", summary.macs() / 1e9));
        line(text, "features", "%d dims".formatted(spec.featureLength()));
        int from = 0;
        for (FeaturePart part : spec.features()) {
            text.append("  %-8s %-6s branch %d  dims %d-%d%n"
                    .formatted(part.name(), kind(part), part.branch() + 1, from, from + part.dims() - 1));
            from += part.dims();
        }
        text.append("training objective\n").append(Objective.mgn(spec).table().indent(2));
        return text.toString().stripTrailing();
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(String.format(Locale.ROOT, "%-11s%s%n", name, value));
    }

    private static String kind(FeaturePart part) {
        return part instanceof GlobalFeature ? "global" : "local";
    }
}
