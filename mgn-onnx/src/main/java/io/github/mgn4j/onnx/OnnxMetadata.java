package io.github.mgn4j.onnx;

import com.google.common.collect.ImmutableMap;
import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.image.Preprocessing;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.SpecJson;
import io.github.mgn4j.spec.Variant;
import java.util.Locale;
import java.util.Map;

/** The metadata of an ONNX file, described by {@link OnnxExporter}. */
final class OnnxMetadata {
    private OnnxMetadata() {}

    /** Returns the metadata in a fixed order. */
    static Map<String, String> of(Model model, OnnxOptions options) {
        MgnSpec spec = model.spec();
        Preprocessing preprocessing = model.preprocessing();
        return ImmutableMap.<String, String>builder()
                .put(ModelFile.SPEC_KEY, SpecJson.write(spec))
                .put("size", "[" + spec.input().height() + ", " + spec.input().width() + "]")
                .put("interpolation", preprocessing.resampling().name().toLowerCase(Locale.ROOT) + ", antialiased")
                .put("channels", "RGB")
                .put("mean", preprocessing.mean().toString())
                .put("std", preprocessing.standardDeviation().toString())
                .put("flip", String.valueOf(preprocessing.flip()))
                .put("normalise", normalisation(spec))
                .put("input", options.input().name().toLowerCase(Locale.ROOT))
                .buildOrThrow();
    }

    /** Returns what the reader has to do with features, after the mean over an image and its mirror. */
    private static String normalisation(MgnSpec spec) {
        if (spec.has(Variant.UNIT_PARTS)) {
            return Variant.UNIT_PARTS.label();
        }
        return spec.has(Variant.UNIT_FEATURE) ? Variant.UNIT_FEATURE.label() : "none";
    }
}
