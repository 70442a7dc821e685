package io.github.mgn4j.checkpoint;

import io.github.mgn4j.internal.io.FileNames;
import io.github.mgn4j.internal.io.OutputFiles;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.WeightsException;
import io.github.mgn4j.spec.Branch;
import io.github.mgn4j.spec.ConvLayer;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.MgnSpecBuilder;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.spec.Parameter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes the weights of a model as a state dict for PyTorch: a {@code .pth} or {@code .pt} file that {@code
 * torch.load(file, weights_only=True)} reads, or a {@code .safetensors} file. An MGN of the paper's form gets the names of
 * MGN-pytorch ({@link ImportLayout#MGN_PYTORCH}), a plain ResNet with one branch those of torchvision. The counters of
 * batch norms are there, as zeros, so that {@code load_state_dict} with {@code strict=True} succeeds. Pooling, strides and
 * the size of the images are not part of a state dict: the PyTorch module determines them. Thread-safe.
 */
public final class PyTorchExporter {
    private static final String VARIANCE = ".running_var";
    private static final String COUNTER = ".num_batches_tracked";
    private static final String PROJECTION = "downsample.";
    private static final String CLASSIFIERS = "classifiers.g1.";
    private static final String TORCHVISION_CLASSIFIER = "fc.";

    private PyTorchExporter() {}

    /**
     * Returns the naming in which a network can be written.
     *
     * @throws WeightsException if the network is of neither form; the message says why
     */
    public static ImportLayout layout(MgnSpec spec) {
        String difference = difference(spec);
        if (difference.isEmpty()) {
            return ImportLayout.MGN_PYTORCH;
        }
        MgnSpec plain = base(spec)
                .splitAfter(spec.split().stage(), spec.split().blocks())
                .branches(new Branch(true, List.of(), spec.branches().get(0).unitStrideStages()))
                .embedding(0)
                .globalClassifier(spec.globalClassifier())
                .build();
        WeightsException.check(
                spec.equals(plain),
                "PyTorch's public networks have no such form: %s, and it is no plain ResNet with one branch either",
                difference);
        return ImportLayout.TORCHVISION;
    }

    private static MgnSpecBuilder base(MgnSpec spec) {
        return MgnSpec.builder()
                .backbone(spec.backbone().withEpsilon(ConvLayer.EPSILON))
                .input(spec.input().height(), spec.input().width())
                .pooling(spec.pooling())
                .classes(spec.classes());
    }

    /** Returns what distinguishes a network from MGN-pytorch's; empty if nothing does. */
    private static String difference(MgnSpec spec) {
        MgnSpec mgn = MgnSpec.mgn(spec.classes());
        if (!spec.branches().equals(mgn.branches())) {
            return "its branches are not MGN's three (global, part-2, part-3)";
        }
        if (!spec.split().equals(mgn.split())) {
            return "its trunk ends after layer%d[%d], MGN-pytorch's after layer3[0]"
                    .formatted(spec.split().stage(), spec.split().blocks() - 1);
        }
        if (spec.embedding() == 0) {
            return "it has no reductions, which MGN-pytorch has";
        }
        MgnSpec same = base(spec)
                .embedding(spec.embedding())
                .globalClassifier(spec.globalClassifier())
                .build();
        return spec.equals(same) ? "" : "its layers or its preprocessing are not MGN-pytorch's";
    }

    /**
     * Writes a model's state dict; the file appears complete or not at all. The same model gives the same bytes.
     *
     * @param file its ending determines the format: {@code .pth}, {@code .pt} or {@code .safetensors}
     * @return the naming of the tensors
     * @throws WeightsException if the network has no form that PyTorch's public networks have, or the file another ending
     * @throws IOException if the file cannot be written; the message names it
     */
    public static ImportLayout export(Model model, Path file) throws IOException {
        boolean safetensors = isSafetensors(file);
        ImportLayout layout = layout(model.spec());
        Map<String, Tensor> tensors = named(layout, model);
        try (OutputFiles files = new OutputFiles()) {
            if (safetensors) {
                Safetensors.write(files, file, tensors, PyTorchExporter::isCounter, Map.of("format", "pt"));
            } else {
                TorchWriter.write(files, file, tensors, PyTorchExporter::isCounter);
            }
            files.publish();
        }
        return layout;
    }

    private static boolean isSafetensors(Path file) {
        String name = FileNames.text(file).toLowerCase(Locale.ROOT);
        boolean safetensors = name.endsWith(".safetensors");
        WeightsException.check(
                safetensors || name.endsWith(".pth") || name.endsWith(".pt"),
                "%s: a name that ends in .pth, .pt or .safetensors was expected",
                FileNames.text(file));
        return safetensors;
    }

    private static boolean isCounter(String name) {
        return name.endsWith(COUNTER);
    }

    /** Returns the tensors by their names in PyTorch, with a counter behind the statistics of each batch norm. */
    private static Map<String, Tensor> named(ImportLayout layout, Model model) {
        Map<String, String> prefixes = layout.naming()
                .map(naming -> naming.prefixes(model.spec(), new CheckpointTensors(Map.of())))
                .orElse(Map.of());
        Tensor zero = Tensor.of(new float[1]);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Parameter parameter : ordered(model.spec())) {
            String ours = parameter.name();
            String name = layout == ImportLayout.TORCHVISION && ours.startsWith(CLASSIFIERS)
                    ? TORCHVISION_CLASSIFIER + ours.substring(CLASSIFIERS.length())
                    : NameMap.key(prefixes, ours)
                            .orElseThrow(() -> new WeightsException(
                                    "parameter '%s' has no name in the naming %s".formatted(ours, layout.label())));
            tensors.put(name, model.weights().get(ours));
            if (name.endsWith(VARIANCE)) {
                tensors.put(name.substring(0, name.length() - VARIANCE.length()) + COUNTER, zero);
            }
        }
        return tensors;
    }

    /** Returns the parameters in PyTorch's order: a block's projection is its last part there, here its first. */
    private static List<Parameter> ordered(MgnSpec spec) {
        List<Parameter> ordered = new ArrayList<>();
        List<Parameter> projection = new ArrayList<>();
        String block = "";
        for (Parameter parameter : NetworkSummary.of(spec).parameters()) {
            int at = parameter.name().indexOf(PROJECTION);
            if (at >= 0) {
                block = parameter.name().substring(0, at);
                projection.add(parameter);
                continue;
            }
            if (!parameter.name().startsWith(block)) {
                ordered.addAll(projection);
                projection.clear();
            }
            ordered.add(parameter);
        }
        ordered.addAll(projection);
        return ordered;
    }
}
