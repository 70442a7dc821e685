package io.github.mgn4j.samediff.internal;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.samediff.internal.plan.BatchNormOp;
import io.github.mgn4j.samediff.internal.plan.RowGroups;
import io.github.mgn4j.spec.ConvLayer;
import io.github.mgn4j.spec.FeaturePart;
import io.github.mgn4j.spec.LinearLayer;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.spec.NormLayer;
import io.github.mgn4j.spec.Parameter;
import io.github.mgn4j.spec.Topology;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A network as a SameDiff graph for training with one batch size. Batch norm uses the statistics of the batch, which are
 * outputs of the graph, and every feature has its classifier. Another module adds the losses.
 *
 * <p>Trainable parameters are SameDiff variables under their parameter names, in the layouts of {@link NdTensors};
 * running statistics are not part of the graph.
 */
public final class TrainingGraph {
    /** The placeholder for normalised images in the graph's layout. */
    public static final String IMAGES = "images";

    private final SameDiff sd;
    private final MgnSpec spec;
    private final int batch;
    private final ImmutableMap<FeaturePart, Head> heads;
    private final ImmutableList<BatchStatistics> statistics;

    private TrainingGraph(
            SameDiff sd, MgnSpec spec, int batch, Map<FeaturePart, Head> heads, List<BatchStatistics> statistics) {
        this.sd = sd;
        this.spec = spec;
        this.batch = batch;
        this.heads = ImmutableMap.copyOf(heads);
        this.statistics = ImmutableList.copyOf(statistics);
    }

    /**
     * The vectors of one feature, all two-dimensional.
     *
     * @param pooled {@code [batch, pooledLength]}
     * @param reduced {@code [batch, reducedLength]}, before the neck if there is one
     * @param logits {@code [batch, classes]}
     */
    public record Head(SDVariable pooled, SDVariable reduced, SDVariable logits) {}

    /**
     * The outputs that hold a batch norm's statistics of the batch.
     *
     * @param norm the parameter prefix of the batch norm
     * @param mean name of an output {@code [1, channels]}
     * @param variance name of an output {@code [1, channels]}: the biased variance (divided by {@code count})
     * @param count number of values per channel
     */
    public record BatchStatistics(String norm, String mean, String variance, long count) {}

    /**
     * Builds the graph of a model.
     *
     * @param batch images per step, at least 2 (a batch norm over one vector has no variance)
     * @param type FLOAT, or DOUBLE for checks of gradients
     */
    public static TrainingGraph of(Model model, int batch, Layout layout, DataType type) {
        return of(model, batch, layout, type, false);
    }

    /**
     * Builds the graph of a model.
     *
     * @param kernels whether batch norms are single operations, which only plans with kernels can compute
     */
    public static TrainingGraph of(Model model, int batch, Layout layout, DataType type, boolean kernels) {
        CudaBackend.check();
        if (batch < 2) {
            throw new IllegalArgumentException("a training batch needs at least 2 images, not " + batch);
        }
        SameDiff sd = SameDiff.create();
        MgnSpec spec = model.spec();
        Layers layers = new Layers(sd, layout, batch, type, kernels);
        addParameters(sd, model, type);
        SDVariable images = sd.placeHolder(
                IMAGES,
                type,
                SameDiffLayers.imageShape(
                        layout, batch, spec.input().height(), spec.input().width()));
        Topology topology = new Topology(spec);
        Map<FeaturePart, Topology.Vectors<SDVariable>> vectors = topology.build(images, layers);
        ImmutableMap.Builder<FeaturePart, Head> heads = ImmutableMap.builder();
        for (LinearLayer classifier : topology.classifiers()) {
            FeaturePart part = classifier.feature();
            Topology.Vectors<SDVariable> v = Objects.requireNonNull(vectors.get(part));
            SDVariable pooled = layers.vector(v.pooled(), spec.pooledLength());
            SDVariable reduced = layers.vector(v.reduced(), spec.reducedLength());
            SDVariable neck = layers.vector(v.neck(), spec.reducedLength());
            SDVariable seen = spec.classifiesPooled(part) ? pooled : neck;
            heads.put(part, new Head(pooled, reduced, layers.linear(seen, classifier)));
        }
        return new TrainingGraph(sd, spec, batch, heads.buildOrThrow(), layers.statistics.build());
    }

    private static void addParameters(SameDiff sd, Model model, DataType type) {
        for (Parameter parameter : NetworkSummary.of(model.spec()).parameters()) {
            if (parameter.trainable()) {
                INDArray value =
                        NdTensors.toArray(parameter.kind(), model.weights().get(parameter.name()), type);
                sd.var(parameter.name(), value);
            } else if (parameter.kind() == Parameter.Kind.FIXED_NORM_BIAS) {
                INDArray value =
                        NdTensors.toArray(parameter.kind(), model.weights().get(parameter.name()), type);
                sd.constant(parameter.name(), value);
            }
        }
    }

    /** Returns the SameDiff graph. */
    public SameDiff sd() {
        return sd;
    }

    /** Returns the spec of the network. */
    public MgnSpec spec() {
        return spec;
    }

    /** Returns the number of images per step. */
    public int batch() {
        return batch;
    }

    /** Returns the vectors of every feature, in the order of the features. */
    public Map<FeaturePart, Head> heads() {
        return heads;
    }

    /** Returns the statistics of every batch norm, in the order of the layers. */
    public List<BatchStatistics> statistics() {
        return statistics;
    }

    private static final class Layers extends SameDiffLayers {
        private final int batch;
        private final DataType type;
        private final boolean kernels;
        private final ImmutableList.Builder<BatchStatistics> statistics = ImmutableList.builder();

        Layers(SameDiff sd, Layout layout, int batch, DataType type, boolean kernels) {
            super(sd, layout);
            this.kernels = kernels;
            this.batch = batch;
            this.type = type;
        }

        @Override
        public SDVariable convolution(SDVariable input, ConvLayer layer, @Nullable SDVariable residual) {
            SDVariable weight = sd.getVariable(layer.name() + ".weight");
            SDVariable map = sd.cnn().conv2d(layer.name(), input, weight, config(layer));
            if (kernels && layer.unnormalised() == 0 && residual == null && layer.relu()) {
                return fused(map, layer.norm(), layer, true);
            }
            return activated(normalised(map, layer), layer, residual);
        }

        private SDVariable normalised(SDVariable map, ConvLayer layer) {
            if (layer.unnormalised() == 0) {
                return batchNorm(map, layer.norm(), layer);
            }
            SDVariable normalised = batchNorm(channels(map, layer.unnormalised(), layer.out()), layer.norm(), layer);
            SDVariable others = channels(map, 0, layer.unnormalised());
            return sd.concat(layout == Layout.NHWC ? 3 : 1, others, normalised);
        }

        @Override
        SDVariable parameter(String name) {
            return sd.getVariable(name);
        }

        @Override
        public SDVariable neck(SDVariable vector, NormLayer layer) {
            ConvLayer shape =
                    new ConvLayer(layer.name(), layer.name(), layer.channels(), layer.channels(), 1, 1, false, 1, 1);
            return batchNorm(vector, layer.name(), shape);
        }

        SDVariable linear(SDVariable vector, LinearLayer layer) {
            SDVariable weight = sd.getVariable(layer.name() + ".weight");
            return layer.bias()
                    ? sd.mmul(vector, weight).add(layer.name(), sd.getVariable(layer.name() + ".bias"))
                    : sd.mmul(layer.name(), vector, weight);
        }

        /**
         * Adds a batch norm, composed of simple operations because SameDiff's own cannot be trained. The statistics are products
         * with rows of 1/n, because reductions over the leading axes are slow in NHWC. The variance is a mean of squares, because
         * the gradient of SameDiff's variance is wrong.
         */
        private SDVariable batchNorm(SDVariable map, String norm, ConvLayer layer) {
            if (kernels) {
                return fused(map, norm, layer, false);
            }
            int channels = layer.normalised();
            long[] mapShape = layout == Layout.NHWC
                    ? new long[] {batch, layer.outputHeight(), layer.outputWidth(), channels}
                    : new long[] {batch, channels, layer.outputHeight(), layer.outputWidth()};
            long count = (long) batch * layer.outputHeight() * layer.outputWidth();
            SDVariable rows = layout == Layout.NHWC ? map : sd.permute(map, 0, 2, 3, 1);
            SDVariable x = sd.reshape(rows, count, channels);
            SDVariable mean = mean(norm + ".batch_mean", x, count, channels);
            SDVariable centred = x.sub(mean);
            SDVariable variance = mean(norm + ".batch_var", centred.mul(centred), count, channels);
            SDVariable deviation = sd.math().sqrt(variance.add(layer.epsilon()));
            SDVariable scale =
                    sd.reshape(sd.getVariable(norm + ".weight"), 1, channels).div(deviation);
            SDVariable shift = sd.reshape(sd.getVariable(norm + ".bias"), 1, channels);
            SDVariable y = centred.mul(scale).add(shift);
            statistics.add(new BatchStatistics(norm, mean.name(), variance.name(), count));
            if (layout == Layout.NHWC) {
                return sd.reshape(y, mapShape);
            }
            return sd.permute(sd.reshape(y, batch, layer.outputHeight(), layer.outputWidth(), channels), 0, 3, 1, 2);
        }

        /** Adds a batch norm as one operation, with a ReLU or without. */
        private SDVariable fused(SDVariable map, String norm, ConvLayer layer, boolean relu) {
            SDVariable scale = sd.getVariable(norm + ".weight");
            SDVariable shift = sd.getVariable(norm + ".bias");
            SDVariable[] results = new BatchNormOp(sd, map, scale, shift, layer.epsilon(), relu).results();
            results[1].rename(norm + ".batch_mean");
            results[2].rename(norm + ".batch_var");
            long count = (long) batch * layer.outputHeight() * layer.outputWidth();
            statistics.add(new BatchStatistics(norm, results[1].name(), results[2].name(), count));
            return results[0];
        }

        /** Returns the mean of the rows, {@code [1, channels]}, summed in the groups of {@link RowGroups}. */
        private SDVariable mean(String name, SDVariable x, long count, int channels) {
            SDVariable means = x;
            long rows = count;
            while (RowGroups.size(rows) < rows) {
                long size = RowGroups.size(rows);
                rows /= size;
                means = sd.mmul(averaging(size), sd.reshape(means, size, rows * channels));
            }
            return sd.mmul(name, averaging(rows), sd.reshape(means, rows, channels));
        }

        private SDVariable averaging(long count) {
            String name = "averaging_" + count;
            SDVariable existing = sd.getVariable(name);
            return existing != null
                    ? existing
                    : sd.constant(name, Nd4j.valueArrayOf(new long[] {1, count}, 1.0 / count, type));
        }
    }
}
