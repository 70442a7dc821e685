package io.github.mgn4j.spec;

import com.google.common.collect.ImmutableList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The layers, parameters and cost of a network, derived from its spec alone.
 *
 * @param parameters every tensor of the model file, in the order of the layers
 * @param convolutions every convolution with its shapes, in the order of execution
 * @param classifiers every classifier, in the order of the features
 */
public record NetworkSummary(List<Parameter> parameters, List<ConvLayer> convolutions, List<LinearLayer> classifiers) {
    public NetworkSummary {
        parameters = List.copyOf(parameters);
        convolutions = List.copyOf(convolutions);
        classifiers = List.copyOf(classifiers);
    }

    /** Derives the summary of a network. */
    public static NetworkSummary of(MgnSpec spec) {
        Collector collector = new Collector();
        Topology topology = new Topology(spec);
        topology.build(Collector.MAP, collector);
        List<LinearLayer> classifiers = topology.classifiers();
        classifiers.forEach(collector::linear);
        return new NetworkSummary(collector.parameters.build(), collector.convolutions.build(), classifiers);
    }

    /** Returns the multiply-accumulates per image of all convolutions and classifiers. */
    public long macs() {
        return macsWithoutClassifiers()
                + classifiers.stream().mapToLong(c -> (long) c.in() * c.out()).sum();
    }

    /** Returns the multiply-accumulates per image of feature extraction, which runs no classifier. */
    public long macsWithoutClassifiers() {
        return convolutions.stream().mapToLong(ConvLayer::macs).sum();
    }

    /**
     * Returns the number of trainable values, including classifiers. Running statistics are not counted, as in PyTorch.
     */
    public long parameterCount() {
        return parameters.stream()
                .filter(Parameter::trainable)
                .mapToLong(Parameter::size)
                .sum();
    }

    /** Returns the number of trainable values that feature extraction needs. */
    public long parameterCountWithoutClassifiers() {
        return parameters.stream()
                .filter(p -> p.trainable() && p.section() != Parameter.Section.CLASSIFIER)
                .mapToLong(Parameter::size)
                .sum();
    }

    private static final class Collector implements NetworkBuilder<Object> {
        static final Object MAP = new Object();
        private final ImmutableList.Builder<Parameter> parameters = ImmutableList.builder();
        private final ImmutableList.Builder<ConvLayer> convolutions = ImmutableList.builder();

        @Override
        public Object convolution(Object input, ConvLayer layer, @Nullable Object residual) {
            Parameter.Section section =
                    layer.name().startsWith("reductions.") ? Parameter.Section.REDUCTION : Parameter.Section.BACKBONE;
            List<Integer> channels = List.of(layer.normalised());
            String norm = layer.norm();
            parameters.add(new Parameter(
                    layer.name() + ".weight",
                    Parameter.Kind.CONV_WEIGHT,
                    section,
                    List.of(layer.out(), layer.in(), layer.kernel(), layer.kernel())));
            parameters.add(new Parameter(norm + ".weight", Parameter.Kind.NORM_WEIGHT, section, channels));
            parameters.add(new Parameter(norm + ".bias", Parameter.Kind.NORM_BIAS, section, channels));
            parameters.add(new Parameter(norm + ".running_mean", Parameter.Kind.RUNNING_MEAN, section, channels));
            parameters.add(new Parameter(norm + ".running_var", Parameter.Kind.RUNNING_VAR, section, channels));
            convolutions.add(layer);
            return MAP;
        }

        @Override
        public Object instanceNorm(Object map, NormLayer layer, ConvLayer convolution) {
            norm(layer, Parameter.Section.BACKBONE, Parameter.Kind.NORM_BIAS);
            return MAP;
        }

        @Override
        public Object stemPool(Object input, StemPool pool) {
            return MAP;
        }

        @Override
        public Object pool(Object map, PoolLayer layer) {
            if (layer.kind() == Pooling.GEM) {
                parameters.add(new Parameter(
                        layer.exponent(), Parameter.Kind.POOL_EXPONENT, Parameter.Section.REDUCTION, List.of(1)));
            }
            return MAP;
        }

        @Override
        public Object neck(Object vector, NormLayer layer) {
            norm(layer, Parameter.Section.REDUCTION, Parameter.Kind.FIXED_NORM_BIAS);
            List<Integer> channels = List.of(layer.channels());
            Parameter.Section section = Parameter.Section.REDUCTION;
            parameters.add(
                    new Parameter(layer.name() + ".running_mean", Parameter.Kind.RUNNING_MEAN, section, channels));
            parameters.add(new Parameter(layer.name() + ".running_var", Parameter.Kind.RUNNING_VAR, section, channels));
            return MAP;
        }

        private void norm(NormLayer layer, Parameter.Section section, Parameter.Kind shift) {
            List<Integer> channels = List.of(layer.channels());
            parameters.add(new Parameter(layer.name() + ".weight", Parameter.Kind.NORM_WEIGHT, section, channels));
            parameters.add(new Parameter(layer.name() + ".bias", shift, section, channels));
        }

        private void linear(LinearLayer layer) {
            parameters.add(new Parameter(
                    layer.name() + ".weight",
                    Parameter.Kind.LINEAR_WEIGHT,
                    Parameter.Section.CLASSIFIER,
                    List.of(layer.out(), layer.in())));
            if (layer.bias()) {
                parameters.add(new Parameter(
                        layer.name() + ".bias",
                        Parameter.Kind.LINEAR_BIAS,
                        Parameter.Section.CLASSIFIER,
                        List.of(layer.out())));
            }
        }
    }
}
