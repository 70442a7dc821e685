package io.github.mgn4j.cudnn;

import io.github.mgn4j.cudnn.Program.Convolution;
import io.github.mgn4j.cudnn.Program.View;
import io.github.mgn4j.engine.internal.FoldedConvolution;
import io.github.mgn4j.model.Weights;
import io.github.mgn4j.spec.ConvLayer;
import java.util.Arrays;

/**
 * A convolution's constants in the device's form. From the sum a of products of stored numbers, the convolution writes
 * {@code relu(a * scale + bias + residual * residualScale)} in units of its output.
 */
final class Filter {
    private final Format format;
    private final float[] weights;
    private final float[] scale;
    private final float[] bias;
    private final float residualScale;

    private Filter(Format format, float[] weights, float[] scale, float[] bias, float residualScale) {
        this.format = format;
        this.weights = weights;
        this.scale = scale;
        this.bias = bias;
        this.residualScale = residualScale;
    }

    /** Folds the batch norms and rounds the weights. */
    static Filter of(Convolution op, Weights weights, NumberFormats formats) {
        Filling filling = new Filling(
                op.readsBlocks() ? formats.packed() : formats.maps(),
                op.output().channels(),
                op.kernel(),
                op.input().channels());
        double in = formats.scale(op.input());
        View residual = op.residual();
        int first = 0;
        double out = 1;
        for (ConvLayer layer : op.layers()) {
            out = formats.scale(layer.name());
            filling.add(layer, FoldedConvolution.of(weights, layer), first, op.readsBlocks(), in, out);
            first += Program.padded(layer.out());
        }
        return filling.filter(residual == null ? 0 : (float) (formats.scale(residual) / out));
    }

    /** Returns the stem's filter. The stem's output is scaled after its pooling. */
    static Filter of(Program.Stem op, Weights weights, NumberFormats formats) {
        Filling filling = new Filling(
                formats.packed(), op.output().channels(), 4, op.input().channels());
        filling.add(op.layer(), FoldedConvolution.of(weights, op.layer()), 0, true, 1, 1);
        return filling.filter(0);
    }

    private static final class Filling {
        private final Format format;
        private final int kernel;
        private final int in;
        private final float[] weights;
        private final float[] scale;
        private final float[] bias;

        Filling(Format format, int out, int kernel, int in) {
            this.format = format;
            this.kernel = kernel;
            this.in = in;
            weights = new float[out * kernel * kernel * in];
            scale = new float[out];
            bias = new float[out];
        }

        void add(
                ConvLayer layer, FoldedConvolution folded, int first, boolean blocks, double inScale, double outScale) {
            float[] values = folded.weight().toArray();
            int perChannel = values.length / layer.out();
            int[] places = new int[perChannel];
            Arrays.setAll(places, i -> place(layer, i, blocks));
            for (int o = 0; o < layer.out(); o++) {
                double step = format.scaled() ? step(values, o * perChannel, perChannel) : 1;
                int channel = (first + o) * kernel * kernel * in;
                for (int i = 0; i < perChannel; i++) {
                    weights[channel + places[i]] = (float) format.round(values[o * perChannel + i] / step);
                }
                scale[first + o] = (float) (inScale * step / outScale);
                bias[first + o] = (float) (folded.bias().get(o) / outScale);
            }
        }

        /** Returns the value of one unit of a channel's weights. */
        private double step(float[] values, int from, int count) {
            float largest = 0;
            for (int i = from; i < from + count; i++) {
                largest = Math.max(largest, Math.abs(values[i]));
            }
            return largest > 0 ? largest / format.largest() : 1;
        }

        /**
         * Returns the index of a weight {@code [in, kernel, kernel]} among those {@code [kernel, kernel, in]} of its
         * output.
         */
        private int place(ConvLayer layer, int index, boolean blocks) {
            int k = layer.kernel();
            int c = index / (k * k);
            int y = index / k % k;
            int x = index % k;
            if (!blocks) {
                return (y * k + x) * in + c;
            }
            // Pixel y of 7 lies in row (y + 1) / 2 of 4 blocks; the first row of the first block has no weight.
            int block = ((y + 1) / 2 * kernel + (x + 1) / 2) * in;
            return block + ((y + 1) % 2 * 2 + (x + 1) % 2) * 3 + c;
        }

        Filter filter(float residualScale) {
            return new Filter(format, weights, scale, bias, residualScale);
        }
    }

    /** Returns the format of {@link #weights}. */
    Format format() {
        return format;
    }

    /** Returns the weights {@code [out, kernel, kernel, in]} in {@link #format}; padding is zero. */
    float[] weights() {
        return weights;
    }

    /** Returns the factors of the sums, {@code [out]}; all 1 for formats without scales. */
    float[] scale() {
        return scale;
    }

    /** Returns the bias {@code [out]}, in units of the output. */
    float[] bias() {
        return bias;
    }

    /** Returns the value of a unit of the residual in units of the output. */
    float residualScale() {
        return residualScale;
    }

    /**
     * Returns the weights of a feature's reduction as {@code [out, in]}, with padded channels, rounded to a format; the
     * bias is separate.
     */
    static float[] reduction(FoldedConvolution folded, ConvLayer layer, int channels, Format format) {
        float[] padded = new float[layer.out() * channels];
        for (int o = 0; o < layer.out(); o++) {
            for (int i = 0; i < layer.in(); i++) {
                padded[o * channels + i] = (float) format.round(folded.weight().get(o * layer.in() + i));
            }
        }
        return padded;
    }
}
