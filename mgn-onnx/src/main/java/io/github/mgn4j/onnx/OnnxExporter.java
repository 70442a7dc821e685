package io.github.mgn4j.onnx;

import io.github.mgn4j.internal.io.AtomicFile;
import io.github.mgn4j.model.Model;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/**
 * Writes a feature network as an ONNX file (opset 17, IR 8): input {@code images} {@code [N, 3, H, W]}, RGB, normalised float32
 * unless {@link OnnxOptions} say otherwise; output {@code features}, float32 {@code [N, dims]}, the parts in the order of
 * {@link io.github.mgn4j.spec.MgnSpec#features()}, without flip averaging. N is free. Batch norm is folded into the
 * convolutions, classifiers are left out. The same model gives the same bytes.
 *
 * <p>The file's metadata hold the spec as JSON under {@code mgn}, and how an image becomes the input: {@code size}, {@code
 * [height, width]}; {@code interpolation} to get there; {@code channels}, their order. Values are then divided by 255, {@code mean}
 * is subtracted, and {@code std} divides; where {@code input} is {@code pixels}, the graph does that itself.
 *
 * <p>Thread-safe.
 */
public final class OnnxExporter {
    /** Name of the input. */
    public static final String IMAGES = "images";

    /** Name of the output. */
    public static final String FEATURES = "features";

    private OnnxExporter() {}

    /**
     * Writes a file, whole or not at all.
     *
     * @throws OnnxException if the network is larger than the 2 GB of an ONNX file, or has a weight that its format cannot
     *     hold, or is wanted in int8 and has not been calibrated
     * @throws IOException if the file cannot be written
     */
    public static void export(Model model, OnnxOptions options, Path file) throws IOException {
        AtomicFile.write(file, out -> write(model, options, out));
    }

    /**
     * Writes the bytes of a file, one tensor after the other; as {@link #export}. The stream should be buffered and is not
     * closed.
     */
    public static void write(Model model, OnnxOptions options, OutputStream out) throws IOException {
        OnnxNetwork.graph(model, options).writeTo(out, OnnxMetadata.of(model.spec(), options));
    }
}
