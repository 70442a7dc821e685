package io.github.mgn4j.checkpoint;

import io.github.mgn4j.internal.io.FileKind;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.WeightsException;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.SpecException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Creates models from checkpoints: PyTorch's zip files or safetensors, in any naming of {@link ImportLayout}. The shapes of
 * the tensors determine the depth and width of the backbone, the embedding, the classes and the position of the global
 * classifiers; {@link ImportOptions} sets the rest. Thread-safe.
 */
public final class WeightImporter {
    private WeightImporter() {}

    /**
     * Reads a file and returns its model, as {@link #read} does.
     *
     * @throws WeightsException naming the file, and the tensor that is missing, surplus or of another shape
     * @throws IOException if the file cannot be read
     */
    public static Model load(Path file, ImportOptions options) throws IOException {
        return read(file, options).model();
    }

    /**
     * Reads a file and creates its model. Weights may be views of the mapped file, see {@link TensorFile}.
     *
     * @throws WeightsException naming the file, and the tensor that is missing, surplus or of another shape
     * @throws IOException if the file cannot be read
     */
    public static ImportedModel read(Path file, ImportOptions options) throws IOException {
        TensorFile content = content(file);
        try {
            Map<String, Tensor> tensors =
                    Rename.apply(options.renames(), TorchCheckpoint.withoutDataParallel(content.tensors()));
            CheckpointTensors named = new CheckpointTensors(tensors);
            ImportLayout layout =
                    options.layout().or(() -> detect(content, named)).orElseThrow(() -> Strangers.unknown(named));
            Optional<Naming> naming = layout.naming();
            return naming.isEmpty()
                    ? new ImportedModel(
                            own(file, new TensorFile(tensors, content.metadata()), options),
                            layout,
                            List.of(),
                            List.of())
                    : new Assembly(layout, naming.get(), named).model(options);
        } catch (InternalError e) { // a page of the mapping no longer exists
            throw MappedFile.shorter(file, e);
        } catch (SpecException | WeightsException e) {
            String message = String.valueOf(e.getMessage());
            throw message.startsWith(file.toString()) ? e : new WeightsException(file + ": " + message, e);
        }
    }

    /**
     * Creates a model from tensors by their names in another naming than the project's own. Its weights are views of them.
     *
     * @throws WeightsException naming the tensor that is missing, surplus or of another shape, or if the naming is unknown
     */
    public static ImportedModel of(Map<String, Tensor> tensors, ImportOptions options) {
        CheckpointTensors named = new CheckpointTensors(Rename.apply(options.renames(), tensors));
        ImportLayout layout =
                options.layout().or(() -> ImportLayout.detect(named)).orElseThrow(() -> Strangers.unknown(named));
        Naming naming = layout.naming()
                .orElseThrow(() -> new WeightsException(
                        "tensors of the project's own naming are a model already, with the spec of its file"));
        return new Assembly(layout, naming, named).model(options);
    }

    /** Detects the format by content, not by extension. */
    private static TensorFile content(Path file) throws IOException {
        boolean zipOrPickle;
        try (MappedFile mapped = MappedFile.open(file)) {
            boolean header = mapped.size() > Long.BYTES
                    && mapped.slice(Long.BYTES, 1).get(0) == '{'
                    && !ZipEntries.isZip(mapped);
            boolean pickle = (mapped.slice(0, 1).get(0) & 0xff) == 0x80 || TorchCheckpoint.begins(mapped);
            zipOrPickle = !header && pickle;
            WeightsException.check(
                    header || zipOrPickle,
                    "%s: neither a PyTorch checkpoint nor a safetensors file%s",
                    file,
                    FileKind.found(file));
        }
        return zipOrPickle ? new TensorFile(TorchCheckpoint.read(file), Map.of()) : Safetensors.read(file);
    }

    private static Optional<ImportLayout> detect(TensorFile content, CheckpointTensors tensors) {
        return content.metadata().containsKey(ModelFile.SPEC_KEY)
                ? Optional.of(ImportLayout.MGN)
                : ImportLayout.detect(tensors);
    }

    private static Model own(Path file, TensorFile content, ImportOptions options) {
        Model model = ModelFile.toModel(file, content);
        int classes = model.spec().classes();
        WeightsException.check(
                options.classes().orElse(classes) == classes,
                "it has classifiers of %s classes, %s were asked for",
                classes,
                options.classes().orElse(classes));
        InputSize input = options.input().orElse(model.spec().input());
        MgnSpec spec = model.spec().toBuilder()
                .input(input.height(), input.width())
                .pooling(options.pooling().orElse(model.spec().pooling()))
                .build();
        // Ranges and thresholds were measured with the unchanged network.
        return spec.equals(model.spec())
                ? model
                : new Model(spec, model.weights(), model.preprocessing(), null, null, model.provenance());
    }
}
