package io.github.mgn4j.dl4j;

import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.EngineException;
import io.github.mgn4j.engine.internal.Buffers;
import io.github.mgn4j.engine.internal.SingleThread;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Runs a DL4J network as an engine, so that extraction, evaluation and reports serve networks that are no MGN. A feature is
 * the activation of one layer, its values in the order of the array.
 *
 * <p>The network receives the images that {@link IdentityBalancedIterator} gives: RGB, scaled to 0..1, normalised with the
 * mean and standard deviation of ImageNet, in the layout of its first convolution. It is run in inference mode, one batch at
 * a time, on a thread of the engine, and must not be trained meanwhile. It stays the caller's: {@link #close} ends the thread
 * and frees its workspaces, not the network.
 *
 * <pre>{@code
 * Engine engine = Dl4jEngine.of(network, "features", new InputSize(256, 128));
 * try (FeatureExtractor extractor = FeatureExtractor.builder(engine).build()) {
 *     float[] feature = extractor.extract(Path.of("0002_c1s1_000451_03.jpg"));
 * }
 * }</pre>
 */
public final class Dl4jEngine implements Engine {
    static final String NAME = "dl4j";

    private final ComputationGraph network;
    private final List<String> layer;
    private final InputSize input;
    private final Layout layout;
    private final SingleThread thread = SingleThread.create("mgn-dl4j");
    private final int dims;

    private Dl4jEngine(ComputationGraph network, String layer, InputSize input) {
        this.network = network;
        this.layer = List.of(layer);
        this.input = input;
        layout = layout(network);
        try {
            dims = thread.call(() -> measure(layer));
        } catch (RuntimeException | Error e) {
            thread.close(Dl4jEngine::freeWorkspaces);
            throw e;
        }
    }

    /**
     * Opens a network. Runs it once on an empty image, which determines the length of a feature.
     *
     * @param network a network with one input of three channels, initialised
     * @param layer the name of the layer or vertex whose activation is the feature
     * @param input the size of the network's images in pixels; a network does not know it itself
     * @throws EngineException if the network has another number of inputs, has no such layer, cannot run images of that
     *     size, or gives no vector
     */
    public static Dl4jEngine of(ComputationGraph network, String layer, InputSize input) {
        if (network.getNumInputArrays() != 1) {
            throw new EngineException(
                    "a network with one input expected, found %s".formatted(network.getNumInputArrays()));
        }
        if (network.getVertex(layer) == null) {
            throw new EngineException("the network has no layer '%s'; its layers: %s"
                    .formatted(layer, network.getConfiguration().getVertices().keySet()));
        }
        return new Dl4jEngine(network, layer, input);
    }

    /** Returns the layout of the first convolution; NCHW, DL4J's default, if there is none. */
    private static Layout layout(ComputationGraph network) {
        return Arrays.stream(network.getLayers())
                .map(layer -> layer.conf().getLayer())
                .filter(ConvolutionLayer.class::isInstance)
                .map(layer -> ((ConvolutionLayer) layer).getCnn2dDataFormat())
                .findFirst()
                .filter(CNN2DFormat.NHWC::equals)
                .map(nhwc -> Layout.NHWC)
                .orElse(Layout.NCHW);
    }

    private long[] shape(int batch) {
        return layout == Layout.NHWC
                ? new long[] {batch, input.height(), input.width(), 3}
                : new long[] {batch, 3, input.height(), input.width()};
    }

    private int measure(String name) {
        INDArray activation;
        try {
            activation = activation(Nd4j.zeros(DataType.FLOAT, shape(1)));
        } catch (RuntimeException e) {
            throw new EngineException("the network cannot run images of %sx%s (%s) up to layer '%s': %s"
                    .formatted(input.height(), input.width(), layout, name, e.getMessage()));
        }
        if (activation.length() < 1 || activation.size(0) != 1 || activation.length() > Integer.MAX_VALUE) {
            throw new EngineException("layer '%s' gives an array of shape %s for one image, expected a vector"
                    .formatted(name, Arrays.toString(activation.shape())));
        }
        return (int) activation.length();
    }

    private INDArray activation(INDArray images) {
        INDArray typed = images.castTo(network.getConfiguration().getDataType());
        return network.output(layer, false, new INDArray[] {typed}, null)[0];
    }

    @Override
    public String name() {
        return NAME;
    }

    /**
     * Throws, because the network is no MGN.
     *
     * @throws UnsupportedOperationException always
     */
    @Override
    public boolean hasSpec() {
        return false;
    }

    @Override
    public MgnSpec spec() {
        throw new UnsupportedOperationException("a DL4J network has no MgnSpec; its inputSize() and dims() are known");
    }

    @Override
    public InputSize inputSize() {
        return input;
    }

    @Override
    public int dims() {
        return dims;
    }

    @Override
    public Layout inputLayout() {
        return layout;
    }

    @Override
    public void run(FloatBuffer images, int batch, FloatBuffer features) {
        Buffers.check(input, dims, images, batch, features);
        float[] values = new float[3 * batch * input.height() * input.width()];
        images.get(0, values);
        float[] result = thread.call(() -> activation(Nd4j.create(values, shape(batch)))
                .castTo(DataType.FLOAT)
                .dup('c')
                .data()
                .asFloat());
        features.put(0, result, 0, batch * dims);
    }

    private static void freeWorkspaces() {
        Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
    }

    @Override
    public void close() {
        thread.close(Dl4jEngine::freeWorkspaces);
    }
}
