package io.github.mgn4j.checkpoint;

import com.google.common.primitives.Ints;
import io.github.mgn4j.internal.io.FileKind;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.WeightInit;
import io.github.mgn4j.model.Weights;
import io.github.mgn4j.model.WeightsException;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.spec.Parameter;
import io.github.mgn4j.spec.SpecException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Creates models from checkpoints: PyTorch's zip files or safetensors, in any naming of {@link ImportLayout}. The shapes of
 * the tensors determine the depth and width of the backbone, the embedding, the classes and the position of the global
 * classifiers; {@link ImportOptions} sets the rest. Thread-safe.
 */
public final class WeightImporter {
    private static final String COUNTER = "num_batches_tracked";
    /** Layers behind the backbone in ResNets: torchvision's classifier, and torchreid's layers. */
    private static final List<String> BEHIND_BACKBONE = List.of("fc.", "classifier.");

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
            ImportLayout layout =
                    options.layout().or(() -> detect(content, tensors)).orElseThrow(() -> unknown(tensors));
            if (layout == ImportLayout.MGN) {
                return new ImportedModel(
                        own(file, new TensorFile(tensors, content.metadata()), options), layout, List.of(), List.of());
            }
            MgnSpec spec = new SpecFinder(layout, tensors).find(options);
            return model(layout, spec, tensors, options.seed());
        } catch (InternalError e) { // a page of the mapping no longer exists
            throw MappedFile.shorter(file, e);
        } catch (SpecException | WeightsException e) {
            String message = String.valueOf(e.getMessage());
            throw message.startsWith(file.toString()) ? e : new WeightsException(file + ": " + message, e);
        }
    }

    /** Detects the format by content, not by extension. */
    private static TensorFile content(Path file) throws IOException {
        boolean zipOrPickle;
        try (MappedFile mapped = MappedFile.open(file)) {
            boolean header = mapped.size() > Long.BYTES
                    && mapped.slice(Long.BYTES, 1).get(0) == '{'
                    && !ZipEntries.isZip(mapped);
            boolean pickle = (mapped.slice(0, 1).get(0) & 0xff) == 0x80;
            zipOrPickle = !header && (pickle || ZipEntries.isZip(mapped));
            WeightsException.check(
                    header || zipOrPickle,
                    "%s: neither a PyTorch checkpoint (a zip archive) nor a safetensors file%s",
                    file,
                    FileKind.found(file));
        }
        return zipOrPickle ? new TensorFile(TorchCheckpoint.read(file), Map.of()) : Safetensors.read(file);
    }

    private static Optional<ImportLayout> detect(TensorFile content, Map<String, Tensor> tensors) {
        return content.metadata().containsKey(ModelFile.SPEC_KEY)
                ? Optional.of(ImportLayout.MGN)
                : ImportLayout.detect(tensors.keySet());
    }

    private static WeightsException unknown(Map<String, Tensor> tensors) {
        List<String> expected = new ArrayList<>();
        for (ImportLayout layout : ImportLayout.values()) {
            expected.add("'%s' (%s)".formatted(layout.stem(), layout.label()));
        }
        return new WeightsException("no known layout: expected a tensor named %s; found %s tensors such as %s"
                .formatted(
                        String.join(" or ", expected),
                        tensors.size(),
                        tensors.keySet().stream().limit(3).toList()));
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
        return spec.equals(model.spec()) ? model : new Model(spec, model.weights());
    }

    private static ImportedModel model(ImportLayout layout, MgnSpec spec, Map<String, Tensor> tensors, long seed) {
        boolean classified = SpecFinder.isClassified(tensors);
        LayoutKeys keys = new LayoutKeys(layout, spec);
        Map<String, Tensor> named = new LinkedHashMap<>();
        List<Parameter> fresh = new ArrayList<>();
        Set<String> used = new HashSet<>();
        for (Parameter parameter : NetworkSummary.of(spec).parameters()) {
            Optional<String> key = keys.key(parameter.name());
            if (key.isEmpty() || (parameter.section() == Parameter.Section.CLASSIFIER && !classified)) {
                fresh.add(parameter);
            } else {
                named.put(parameter.name(), tensor(key.get(), parameter, layout, tensors));
                used.add(key.get());
            }
        }
        named.putAll(WeightInit.tensors(fresh, seed));
        List<String> leftOut = tensors.keySet().stream()
                .filter(name -> !used.contains(name) && !name.endsWith("." + COUNTER))
                .toList();
        for (String surplus : leftOut) {
            WeightsException.check(
                    layout == ImportLayout.TORCHVISION
                            && BEHIND_BACKBONE.stream().anyMatch(surplus::startsWith),
                    "tensor '%s' of shape %s has no place in the network (layout %s)",
                    surplus,
                    shape(tensors.get(surplus)),
                    layout.label());
        }
        return new ImportedModel(
                new Model(spec, Weights.of(named)),
                layout,
                leftOut,
                fresh.stream().map(Parameter::name).toList());
    }

    private static Tensor tensor(String key, Parameter parameter, ImportLayout layout, Map<String, Tensor> tensors) {
        Tensor tensor = tensors.get(key);
        if (tensor == null) {
            throw new WeightsException("tensor '%s' is missing (shape %s expected, layout %s)"
                    .formatted(key, parameter.shape(), layout.label()));
        }
        WeightsException.check(
                shape(tensor).equals(parameter.shape()),
                "tensor '%s' has shape %s, expected %s",
                key,
                shape(tensor),
                parameter.shape());
        Weights.checkValues(key, parameter.kind(), tensor);
        return tensor;
    }

    private static List<Integer> shape(@Nullable Tensor tensor) {
        return tensor == null ? List.of() : Ints.asList(tensor.shape());
    }
}
