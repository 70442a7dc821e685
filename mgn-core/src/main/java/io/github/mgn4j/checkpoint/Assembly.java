package io.github.mgn4j.checkpoint;

import com.google.common.primitives.Ints;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.WeightInit;
import io.github.mgn4j.model.Weights;
import io.github.mgn4j.model.WeightsException;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.MgnSpecBuilder;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.spec.Parameter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Assembles a model from the tensors of a foreign checkpoint. Used once. */
final class Assembly {
    private static final int DEFAULT_CLASSES = 751;
    private static final String COUNTER = ".num_batches_tracked";
    private static final String STATISTIC = ".running_mean";
    private static final String WEIGHT = ".weight";
    private static final String BIAS = ".bias";

    private final ImportLayout layout;
    private final Naming naming;
    private final CheckpointTensors tensors;
    private final Set<String> used = new HashSet<>();
    /** One sentence each; tensors that several parameters share are named once. */
    private final Set<String> differences = new LinkedHashSet<>();

    Assembly(ImportLayout layout, Naming naming, CheckpointTensors tensors) {
        this.layout = layout;
        this.naming = naming;
        this.tensors = tensors;
    }

    /**
     * Returns the model.
     *
     * @throws WeightsException naming the first tensors that are missing, surplus or of another shape
     */
    ImportedModel model(ImportOptions options) {
        naming.obstacle(tensors).ifPresent(sentence -> {
            throw new WeightsException(sentence);
        });
        try {
            return assembled(options);
        } catch (WeightsException e) {
            Optional<ImportLayout> detected = ImportLayout.detect(tensors);
            if (detected.isEmpty() || detected.get() == layout) {
                throw e;
            }
            throw new WeightsException(
                    "%s; the names are rather those of --layout %s"
                            .formatted(e.getMessage(), detected.get().label()),
                    e);
        }
    }

    private ImportedModel assembled(ImportOptions options) {
        MgnSpec spec = spec(options);
        boolean classified = naming.classes(tensors).isPresent();
        Map<String, String> prefixes = naming.prefixes(spec, tensors);
        List<Parameter> parameters = NetworkSummary.of(spec).parameters();
        Map<String, Tensor> named = new LinkedHashMap<>();
        List<Parameter> fresh = new ArrayList<>();
        for (Parameter parameter : parameters) {
            Optional<String> key = NameMap.key(prefixes, parameter.name());
            boolean absent = (parameter.section() == Parameter.Section.CLASSIFIER && !classified)
                    || (parameter.kind() == Parameter.Kind.POOL_EXPONENT && !tensors.has(key.orElse("")));
            if (key.isEmpty() || absent) {
                fresh.add(parameter);
            } else {
                tensor(key.get(), parameter).ifPresent(tensor -> named.put(parameter.name(), tensor));
            }
        }
        foldBiases(parameters, prefixes, named);
        List<String> leftOut = tensors.names().stream()
                .filter(name -> !used.contains(name) && !name.endsWith(COUNTER))
                .toList();
        for (String name : leftOut) {
            if (naming.leftOut().stream().noneMatch(name::startsWith)) {
                differences.add("tensor '%s' of shape %s has no place in the network (layout %s)"
                        .formatted(name, shape(name), layout.label()));
            }
        }
        if (!differences.isEmpty()) {
            WeightsException.check(
                    tensors.names().stream().anyMatch(name -> name.endsWith(STATISTIC)),
                    "it has no running statistics of batch norms (%s), but parameters alone: save model.state_dict()",
                    STATISTIC);
            throw new WeightsException(sentence());
        }
        named.putAll(WeightInit.tensors(fresh, options.seed()));
        return new ImportedModel(
                new Model(spec, Weights.of(named)).withPreprocessing(naming.preprocessing(tensors)),
                layout,
                leftOut,
                fresh.stream().map(Parameter::name).toList());
    }

    private String sentence() {
        List<String> all = List.copyOf(differences);
        return switch (all.size()) {
            case 1 -> all.get(0);
            case 2 -> all.get(0) + "; and " + all.get(1);
            default -> "%s; and %s; and %s more differences".formatted(all.get(0), all.get(1), all.size() - 2);
        };
    }

    private MgnSpec spec(ImportOptions options) {
        MgnSpecBuilder builder = naming.network(tensors);
        options.pooling().ifPresent(builder::pooling);
        if (options.input().isPresent()) {
            InputSize input = options.input().get();
            builder.input(input.height(), input.width());
        }
        OptionalInt stored = naming.classes(tensors);
        OptionalInt asked = options.classes();
        if (stored.isEmpty() && asked.isEmpty()) {
            WeightsException.check(
                    naming.startsUnclassified(),
                    "it has no classifiers: name the number of identities that new ones are to tell apart (--classes)");
            return builder.classes(DEFAULT_CLASSES).build();
        }
        int classes = stored.isPresent() ? stored.getAsInt() : asked.getAsInt();
        WeightsException.check(
                asked.orElse(classes) == classes,
                "it has classifiers of %s classes, %s were asked for",
                classes,
                asked.orElse(classes));
        return builder.classes(classes).build();
    }

    /** Returns the tensor of a parameter; empty, with a difference, if it is missing or has another shape. */
    private Optional<Tensor> tensor(String key, Parameter parameter) {
        Tensor tensor = tensors.get(key);
        used.add(key);
        if (tensor == null) {
            differences.add("tensor '%s' is missing (shape %s expected, layout %s)"
                    .formatted(key, parameter.shape(), layout.label()));
            return Optional.empty();
        }
        List<Integer> shape = Ints.asList(tensor.shape());
        if (isPointwise(parameter) && shape.equals(parameter.shape().subList(0, 2))) {
            tensor = Tensor.of(tensor.data(), Ints.toArray(parameter.shape())); // a linear layer as a convolution
        } else if (!shape.equals(parameter.shape())) {
            differences.add("tensor '%s' has shape %s, expected %s".formatted(key, shape, parameter.shape()));
            return Optional.empty();
        }
        Weights.checkValues(key, parameter.kind(), tensor);
        return Optional.of(tensor);
    }

    private static boolean isPointwise(Parameter parameter) {
        return parameter.kind() == Parameter.Kind.CONV_WEIGHT
                && parameter.shape().subList(2, 4).equals(List.of(1, 1));
    }

    /** Subtracts the bias of a layer from the running mean of the batch norm behind it, which has the same effect. */
    private void foldBiases(List<Parameter> parameters, Map<String, String> prefixes, Map<String, Tensor> named) {
        for (int i = 0; i + 3 < parameters.size(); i++) {
            if (parameters.get(i).kind() != Parameter.Kind.CONV_WEIGHT) {
                continue;
            }
            String key = NameMap.key(prefixes, parameters.get(i).name()).orElse(WEIGHT);
            String bias = key.substring(0, key.length() - WEIGHT.length()) + BIAS;
            String statistic = parameters.get(i + 3).name();
            Tensor values = tensors.get(bias);
            Tensor mean = named.get(statistic);
            if (values != null && mean != null && values.size() == mean.size()) {
                Weights.checkValues(bias, Parameter.Kind.NORM_BIAS, values);
                float[] shifted = mean.toArray();
                for (int c = 0; c < shifted.length; c++) {
                    shifted[c] -= values.get(c);
                }
                named.put(statistic, Tensor.of(shifted, shifted.length));
                used.add(bias);
            }
        }
    }

    private List<Integer> shape(String name) {
        Tensor tensor = tensors.get(name);
        return tensor == null ? List.of() : Ints.asList(tensor.shape());
    }
}
