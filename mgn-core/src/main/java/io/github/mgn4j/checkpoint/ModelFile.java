package io.github.mgn4j.checkpoint;

import com.google.common.collect.Maps;
import io.github.mgn4j.image.ImageException;
import io.github.mgn4j.image.Preprocessing;
import io.github.mgn4j.internal.io.FileKind;
import io.github.mgn4j.internal.io.OutputFiles;
import io.github.mgn4j.model.ActivationRanges;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.Provenance;
import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.Weights;
import io.github.mgn4j.model.WeightsException;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.spec.Parameter;
import io.github.mgn4j.spec.SpecException;
import io.github.mgn4j.spec.SpecJson;
import io.github.mgn4j.verify.VerificationException;
import io.github.mgn4j.verify.VerificationThresholds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads and writes this project's model files: safetensors files whose {@code __metadata__} holds the spec as JSON under
 * the key {@code mgn}, so that the file alone rebuilds the network. Thread-safe.
 */
public final class ModelFile {
    /** The metadata key of the spec. */
    public static final String SPEC_KEY = "mgn";

    /**
     * The name prefix of tensors that are training state of a checkpoint, not part of the model. Loading ignores them, so that
     * a checkpoint is a model file too.
     */
    public static final String TRAINING_PREFIX = "optimizer.";

    private ModelFile() {}

    /**
     * Loads a model from a model file or training checkpoint. Its weights are views of the mapped file (see {@link TensorFile}).
     *
     * @throws WeightsException if the file is not a model file, or its tensors are not those of its spec
     * @throws IOException if the file cannot be read
     */
    public static Model load(Path file) throws IOException {
        FileKind kind = FileKind.of(file).orElse(FileKind.SAFETENSORS);
        WeightsException.check(
                kind == FileKind.SAFETENSORS,
                "%s: %s; a model file was expected%s",
                file,
                kind,
                kind == FileKind.PYTORCH || kind == FileKind.PICKLE
                        ? " ('mgn import --from " + file + " --out MODEL' makes one of it)"
                        : kind == FileKind.ONNX
                                ? " ('mgn import' makes one of the PyTorch checkpoint that it came from)"
                                : "");
        return toModel(file, Safetensors.read(file));
    }

    /**
     * Creates a model from the content of a file.
     *
     * @param file the file's path for error messages
     * @throws WeightsException as {@link #load}
     */
    public static Model toModel(Path file, TensorFile content) {
        String json = content.metadata().get(SPEC_KEY);
        if (json == null) {
            throw new WeightsException(
                    "%s: no model file: a safetensors file with the metadata '%s' was expected (import makes one)"
                            .formatted(file, SPEC_KEY));
        }
        try {
            String ranges = content.metadata().get(ActivationRanges.METADATA_KEY);
            String preprocessing = content.metadata().get(Preprocessing.METADATA_KEY);
            String provenance = content.metadata().get(Provenance.METADATA_KEY);
            String thresholds = content.metadata().get(VerificationThresholds.METADATA_KEY);
            return new Model(
                    SpecJson.parse(json),
                    Weights.of(Maps.filterKeys(content.tensors(), name -> !name.startsWith(TRAINING_PREFIX))),
                    preprocessing == null ? Preprocessing.imageNet() : Preprocessing.parse(preprocessing),
                    ranges == null ? null : ActivationRanges.parse(ranges),
                    thresholds == null ? null : VerificationThresholds.parse(thresholds),
                    provenance == null ? null : Provenance.parse(provenance));
        } catch (InternalError e) { // a page of the mapping no longer exists
            throw MappedFile.shorter(file, e);
        } catch (SpecException | WeightsException | VerificationException | ImageException e) {
            throw new WeightsException(file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Saves a model; the file appears complete or not at all. The same model gives the same bytes.
     *
     * @throws IOException if the file cannot be written
     */
    public static void save(Path file, Model model) throws IOException {
        try (OutputFiles files = new OutputFiles()) {
            write(files, file, model);
            files.publish();
        }
    }

    /**
     * Adds a model to files that appear together. The same model gives the same bytes.
     *
     * @param files receives the file; {@link OutputFiles#publish} makes it appear
     * @throws IOException if the file cannot be written
     */
    public static void write(OutputFiles files, Path file, Model model) throws IOException {
        MgnSpec spec = model.spec();
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Parameter parameter : NetworkSummary.of(spec).parameters()) {
            tensors.put(parameter.name(), model.weights().get(parameter.name()));
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(SPEC_KEY, SpecJson.write(spec));
        if (!model.preprocessing().equals(Preprocessing.imageNet())) {
            metadata.put(Preprocessing.METADATA_KEY, model.preprocessing().toJson());
        }
        if (model.ranges() != null) {
            metadata.put(ActivationRanges.METADATA_KEY, model.ranges().toJson());
        }
        if (model.thresholds() != null) {
            metadata.put(VerificationThresholds.METADATA_KEY, model.thresholds().toJson());
        }
        if (model.provenance() != null) {
            metadata.put(Provenance.METADATA_KEY, model.provenance().toJson());
        }
        Safetensors.write(files, file, tensors, metadata);
    }
}
