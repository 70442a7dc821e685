package io.github.mgn4j.samediff.internal;

import io.github.mgn4j.engine.internal.FoldedConvolution;
import io.github.mgn4j.engine.internal.FoldedNorm;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.spec.ConvLayer;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NormLayer;
import io.github.mgn4j.spec.Parameter;
import io.github.mgn4j.spec.Topology;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A model's feature network as a SameDiff graph of constants. Batch norm is folded into the convolutions, and there are no
 * classifiers. Takes any batch size. Owns the native memory of its weights until it is closed.
 */
public final class InferenceGraph implements AutoCloseable {
    /** The placeholder for normalised images in the graph's layout. */
    public static final String IMAGES = "images";

    /** The output: {@code [batch, dims]}, the parts in the order of {@link MgnSpec#features()}. */
    public static final String FEATURES = "features";

    private final SameDiff sd;
    private final MgnSpec spec;
    private final Layout layout;

    private final List<String> outputs;

    private InferenceGraph(SameDiff sd, MgnSpec spec, Layout layout, List<String> outputs) {
        this.sd = sd;
        this.spec = spec;
        this.layout = layout;
        this.outputs = List.copyOf(outputs);
    }

    /** Builds the graph of a model in a layout. */
    public static InferenceGraph of(Model model, Layout layout) {
        MgnSpec spec = model.spec();
        Folding folding = new Folding(SameDiff.create(), layout, model);
        SameDiff sd = folding.sd;
        SDVariable[] vectors = new Topology(spec)
                .buildFeatures(folding.images(), folding).stream()
                        .map(feature -> folding.vector(feature, spec.partLength()))
                        .toArray(SDVariable[]::new);
        if (vectors.length == 1) {
            vectors[0].rename(FEATURES);
        } else {
            sd.concat(FEATURES, 1, vectors);
        }
        return new InferenceGraph(sd, spec, layout, List.of(FEATURES));
    }

    /** Returns the shape of {@link #IMAGES} for a batch. */
    public long[] imageShape(int batch) {
        return SameDiffLayers.imageShape(
                layout, batch, spec.input().height(), spec.input().width());
    }

    /** Builds the graph of a model up to its pooling. The outputs are the last maps of the branches. */
    public static InferenceGraph ofMaps(Model model, Layout layout) {
        Folding folding = new Folding(SameDiff.create(), layout, model);
        List<SDVariable> maps = new Topology(model.spec()).buildMaps(folding.images(), folding);
        return new InferenceGraph(
                folding.sd,
                model.spec(),
                layout,
                maps.stream().map(SDVariable::name).toList());
    }

    /** Returns the SameDiff graph. */
    public SameDiff sd() {
        return sd;
    }

    /** Returns the spec of the network. */
    public MgnSpec spec() {
        return spec;
    }

    /** Returns the layout of images and maps. */
    public Layout layout() {
        return layout;
    }

    /** Returns the names of the outputs: {@link #FEATURES}, or the map of each branch. */
    public List<String> outputs() {
        return outputs;
    }

    @Override
    public void close() {
        for (SDVariable variable : sd.variables()) {
            INDArray array = variable.isConstant() ? variable.getArr() : null;
            if (array != null && array.closeable()) {
                array.close();
            }
        }
    }

    /** Folds every batch norm into its convolution. */
    private static final class Folding extends SameDiffLayers {
        private final Model model;

        Folding(SameDiff sd, Layout layout, Model model) {
            super(sd, layout);
            this.model = model;
        }

        SDVariable images() {
            InputSize input = model.spec().input();
            return sd.placeHolder(
                    IMAGES, DataType.FLOAT, SameDiffLayers.imageShape(layout, -1, input.height(), input.width()));
        }

        @Override
        SDVariable parameter(String name) {
            return constant(name, model.weights().get(name));
        }

        private SDVariable constant(String name, Tensor values) {
            return sd.constant(name, NdTensors.toArray(Parameter.Kind.NORM_BIAS, values, DataType.FLOAT));
        }

        @Override
        public SDVariable neck(SDVariable vector, NormLayer layer) {
            FoldedNorm norm = FoldedNorm.of(model.weights(), layer);
            SDVariable scale = constant(layer.name() + ".scale", norm.scale());
            SDVariable shift = constant(layer.name() + ".shift", norm.shift());
            return vector.mul(perChannel(scale, layer.channels())).add(perChannel(shift, layer.channels()));
        }

        @Override
        public SDVariable convolution(SDVariable input, ConvLayer layer, @Nullable SDVariable residual) {
            FoldedConvolution folded = FoldedConvolution.of(model.weights(), layer);
            INDArray weight = NdTensors.toArray(Parameter.Kind.CONV_WEIGHT, folded.weight(), DataType.FLOAT);
            INDArray bias = NdTensors.toArray(Parameter.Kind.NORM_BIAS, folded.bias(), DataType.FLOAT);
            SDVariable map = sd.cnn()
                    .conv2d(
                            layer.name(),
                            input,
                            sd.constant(layer.name() + ".weight", weight),
                            sd.constant(layer.name() + ".bias", bias),
                            config(layer));
            return activated(map, layer, residual);
        }
    }
}
