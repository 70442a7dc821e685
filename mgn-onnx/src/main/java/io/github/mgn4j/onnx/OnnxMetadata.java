package io.github.mgn4j.onnx;

import com.google.common.collect.ImmutableMap;
import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.SpecJson;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/** The metadata of an ONNX file, described by {@link OnnxExporter}. */
final class OnnxMetadata {
    private OnnxMetadata() {}

    /** Returns the metadata in a fixed order. */
    static Map<String, String> of(MgnSpec spec, OnnxOptions options) {
        return ImmutableMap.<String, String>builder()
                .put(ModelFile.SPEC_KEY, SpecJson.write(spec))
                .put("size", "[" + spec.input().height() + ", " + spec.input().width() + "]")
                .put("interpolation", "bilinear, antialiased")
                .put("channels", "RGB")
                .put("mean", Arrays.toString(Preprocessor.mean()))
                .put("std", Arrays.toString(Preprocessor.standardDeviation()))
                .put("input", options.input().name().toLowerCase(Locale.ROOT))
                .buildOrThrow();
    }
}
