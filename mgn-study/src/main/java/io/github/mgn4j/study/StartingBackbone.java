package io.github.mgn4j.study;

import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import io.github.mgn4j.checkpoint.ImportOptions;
import io.github.mgn4j.checkpoint.WeightImporter;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.Provenance;
import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.WeightInit;
import io.github.mgn4j.model.Weights;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.spec.Parameter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A trained backbone that networks of a study start from, such as torchvision's, trained on ImageNet, which is the article's
 * start. Only the backbone is taken: reductions and classifiers start from random weights. A branch takes the weights of the
 * file's branch of the same index, or, if the file has none, those of its first. Immutable.
 */
public final class StartingBackbone {
    private final Path file;
    private final String sum;
    private final Model model;
    /** Tensors by their names without trunk or branch; the first where branches differ. */
    private final Map<String, Tensor> layers = new LinkedHashMap<>();

    private StartingBackbone(Path file, String sum, Model model) {
        this.file = file;
        this.sum = sum;
        this.model = model;
        for (Parameter parameter : NetworkSummary.of(model.spec()).parameters()) {
            if (parameter.section() == Parameter.Section.BACKBONE) {
                layers.putIfAbsent(layer(parameter.name()), model.weights().get(parameter.name()));
            }
        }
    }

    /**
     * Reads a checkpoint or a model file, whatever {@link WeightImporter} reads.
     *
     * @throws io.github.mgn4j.model.WeightsException if it is neither
     * @throws IOException if the file cannot be read
     */
    public static StartingBackbone read(Path file) throws IOException {
        Model model = WeightImporter.load(file, ImportOptions.defaults());
        String sum = MoreFiles.asByteSource(file).hash(Hashing.sha256()).toString();
        return new StartingBackbone(file, sum, model);
    }

    /** Returns whether a network has a backbone of the same depth and width. */
    public boolean fits(MgnSpec spec) {
        return spec.backbone().equals(model.spec().backbone());
    }

    /** Returns the file's depth and width for messages. */
    String size() {
        return file + " has a ResNet-" + model.spec().backbone().depth() + " of width "
                + model.spec().backbone().width();
    }

    /** Returns the text that two files share if they have the same bytes. */
    String checksum() {
        return "SHA-256 " + sum;
    }

    /** Returns a network with this backbone, all else random by a seed. */
    Model start(MgnSpec spec, long seed) throws IOException {
        Model fresh = WeightInit.initialise(spec, seed);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Parameter parameter : NetworkSummary.of(spec).parameters()) {
            String name = parameter.name();
            tensors.put(
                    name,
                    parameter.section() == Parameter.Section.BACKBONE
                            ? tensor(name)
                            : fresh.weights().get(name));
        }
        return new Model(spec, Weights.of(tensors), model.preprocessing(), null, null, model.provenance())
                .withProvenance(Provenance.ofTraining(file, model.provenance()));
    }

    private Tensor tensor(String name) {
        if (model.weights().contains(name)) {
            return model.weights().get(name);
        }
        Tensor tensor = layers.get(layer(name));
        if (tensor == null) {
            throw new StudyException(file + ": has no " + layer(name) + ", which " + name + " starts from");
        }
        return tensor;
    }

    /** Returns a parameter's name without trunk or branch, such as {@code layer3.0.conv1.weight}. */
    private static String layer(String name) {
        return name.replaceFirst("^(trunk|branches\\.\\d+)\\.", "");
    }
}
