package io.github.mgn4j.onnx;

import io.github.mgn4j.internal.io.AtomicFile;
import io.github.mgn4j.model.Model;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/**
 * Writes a feature network as an ONNX file (opset 17, IR 8). The input {@code images} is {@code [N, 3, H, W]}, RGB,
 * normalised float32 unless {@link OnnxOptions} say otherwise. The output {@code features} is float32 {@code [N,
 * dims]}, the parts in the order of {@link io.github.mgn4j.spec.MgnSpec#features()}, without flip averaging. N is free.
 * Batch norm is folded into the convolutions; classifiers are omitted. The same model always gives the same bytes.
 *
 * <p>The file's metadata contain the spec as JSON under {@code mgn}, and how to preprocess an image: {@code size},
 * {@code [height, width]}; {@code interpolation}, the method of resizing; {@code channels}, their order. Values are
 * then divided by 255, {@code mean} is subtracted, and the result is divided by {@code std}. If {@code input} is {@code
 * pixels}, the graph does these three itself.
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
     * Writes a file atomically.
     *
     * @param model the model
     * @param options precision and input
     * @param file the file
     * @throws OnnxException if the network is larger than the 2 GB of an ONNX file, or has a weight outside the range
     *     of its format, or if int8 is requested and the model has not been calibrated
     * @throws IOException if the file cannot be written
     */
    public static void export(Model model, OnnxOptions options, Path file) throws IOException {
        AtomicFile.write(file, out -> write(model, options, out));
    }

    /**
     * Writes the bytes of a file to a stream, one tensor after the other; see {@link #export}. The stream should be
     * buffered and is not closed.
     */
    public static void write(Model model, OnnxOptions options, OutputStream out) throws IOException {
        OnnxNetwork.graph(model, options).writeTo(out, OnnxMetadata.of(model, options));
    }
}
