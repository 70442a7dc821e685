package io.github.mgn4j.samediff;

import io.github.mgn4j.image.ActivationMap;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.image.Preprocessing;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.RgbImage;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.samediff.internal.CudaBackend;
import io.github.mgn4j.samediff.internal.InferenceGraph;
import io.github.mgn4j.samediff.internal.plan.GraphPlan;
import io.github.mgn4j.spec.Branch;
import io.github.mgn4j.spec.MgnSpec;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Shows where the branches of a network respond in an image: squares the last map of each branch, averages it over the
 * channels and scales it to 0..1 per image. Squares are the "activation-based attention" of Zagoruyko and Komodakis
 * ("Paying More Attention to Attention", ICLR 2017, section 3.1, F_sum^2), as in Torchreid's activation maps. The mean
 * differs from their sum by a constant, which the scaling removes.
 *
 * <p>Holds its own copy of the weights in native memory until it is closed. Thread-safe: concurrent calls run one after the
 * other.
 *
 * <pre>{@code
 * try (ActivationMaps maps = ActivationMaps.of(model)) {
 *     ActivationMap global = maps.compute(ImageDecoder.decode(path)).get(0);
 *     float[] heat = global.resized(384, 128);
 * }
 * }</pre>
 */
public final class ActivationMaps implements AutoCloseable {
    private static final Layout LAYOUT = Layout.NHWC;

    private final InferenceGraph graph;
    private final Preprocessor preprocessor;
    private @Nullable GraphPlan plan;

    private ActivationMaps(InferenceGraph graph, Preprocessing preprocessing) {
        this.graph = graph;
        preprocessor = new Preprocessor(graph.spec().input(), preprocessing);
        plan = GraphPlan.of(
                graph.sd(),
                Map.of(InferenceGraph.IMAGES, graph.imageShape(1)),
                graph.outputs().stream().distinct().toList());
    }

    /**
     * Opens a model.
     *
     * @throws io.github.mgn4j.engine.EngineException if ND4J cannot run here
     */
    public static ActivationMaps of(Model model) {
        CudaBackend.check();
        return new ActivationMaps(InferenceGraph.ofMaps(model, LAYOUT), model.preprocessing());
    }

    /** Returns the spec of the network. */
    public MgnSpec spec() {
        return graph.spec();
    }

    /**
     * Returns the map of every branch, in the order of {@link MgnSpec#branches()}. The image is not mirrored.
     *
     * @param image of any size; resized as for features
     * @throws IllegalStateException if this object is closed
     */
    public synchronized List<ActivationMap> compute(RgbImage image) {
        GraphPlan open = plan;
        if (open == null) {
            throw new IllegalStateException("the activation maps are closed");
        }
        FloatBuffer input = open.input(InferenceGraph.IMAGES).data().asNioFloat();
        preprocessor.write(image, false, LAYOUT, input, 0);
        open.run();
        List<Branch> branches = spec().branches();
        List<ActivationMap> maps = new ArrayList<>();
        for (int b = 0; b < branches.size(); b++) {
            maps.add(energy(branches.get(b).name(), open.output(graph.outputs().get(b))));
        }
        return maps;
    }

    /** Returns the mean of squares over the channels of {@code [1, height, width, channels]}. */
    private static ActivationMap energy(String branch, INDArray map) {
        int height = (int) map.size(1);
        int width = (int) map.size(2);
        int channels = (int) map.size(3);
        FloatBuffer values = map.data().asNioFloat();
        double[] means = new double[height * width];
        for (int i = 0; i < means.length; i++) {
            for (int c = 0; c < channels; c++) {
                double value = values.get(i * channels + c);
                means[i] += value * value / channels;
            }
        }
        return ActivationMap.scaled(branch, height, width, means);
    }

    @Override
    public synchronized void close() {
        if (plan != null) {
            plan.close();
            plan = null;
            graph.close();
        }
    }
}
