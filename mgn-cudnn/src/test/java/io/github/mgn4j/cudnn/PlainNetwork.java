package io.github.mgn4j.cudnn;

import io.github.mgn4j.engine.internal.FoldedConvolution;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.ConvLayer;
import io.github.mgn4j.spec.NetworkBuilder;
import io.github.mgn4j.spec.PoolWindow;
import io.github.mgn4j.spec.Pooling;
import io.github.mgn4j.spec.Topology;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/** The network as its spec tells it, by loops in double; maps are [channel][y][x]. */
final class PlainNetwork implements NetworkBuilder<double[][][]> {
    private final Model model;

    private PlainNetwork(Model model) {
        this.model = model;
    }

    static double[] features(Model model, double[][][] image) {
        return new Topology(model.spec())
                .build(image, new PlainNetwork(model)).values().stream()
                        .flatMapToDouble(v -> DoubleStream.of(java.util.Arrays.stream(v.reduced())
                                .mapToDouble(c -> c[0][0])
                                .toArray()))
                        .toArray();
    }

    @Override
    public double[][][] convolution(double[][][] in, ConvLayer layer, double @Nullable [][][] residual) {
        FoldedConvolution folded = FoldedConvolution.of(model.weights(), layer);
        float[] weights = folded.weight().toArray();
        int k = layer.kernel();
        double[][][] out = new double[layer.out()][layer.outputHeight()][layer.outputWidth()];
        for (int o = 0; o < layer.out(); o++) {
            for (int y = 0; y < layer.outputHeight(); y++) {
                for (int x = 0; x < layer.outputWidth(); x++) {
                    double sum = folded.bias().get(o) + (residual == null ? 0 : residual[o][y][x]);
                    for (int r = 0; r < k; r++) {
                        for (int s = 0; s < k; s++) {
                            int iy = y * layer.stride() - layer.padding() + r;
                            int ix = x * layer.stride() - layer.padding() + s;
                            if (iy >= 0 && iy < layer.height() && ix >= 0 && ix < layer.width()) {
                                for (int i = 0; i < layer.in(); i++) {
                                    sum += in[i][iy][ix] * weights[((o * layer.in() + i) * k + r) * k + s];
                                }
                            }
                        }
                    }
                    out[o][y][x] = layer.relu() ? Math.max(0, sum) : sum;
                }
            }
        }
        return out;
    }

    @Override
    public double[][][] stemPool(double[][][] in) {
        double[][][] out = new double[in.length][(in[0].length + 1) / 2][(in[0][0].length + 1) / 2];
        for (int c = 0; c < in.length; c++) {
            for (int y = 0; y < out[c].length; y++) {
                for (int x = 0; x < out[c][y].length; x++) {
                    double max = Double.NEGATIVE_INFINITY;
                    for (int iy = Math.max(0, 2 * y - 1); iy <= Math.min(in[c].length - 1, 2 * y + 1); iy++) {
                        for (int ix = Math.max(0, 2 * x - 1); ix <= Math.min(in[c][iy].length - 1, 2 * x + 1); ix++) {
                            max = Math.max(max, in[c][iy][ix]);
                        }
                    }
                    out[c][y][x] = max;
                }
            }
        }
        return out;
    }

    @Override
    public double[][][] pool(double[][][] map, Pooling pooling, PoolWindow window) {
        double[][][] out = new double[map.length][1][1];
        for (int c = 0; c < map.length; c++) {
            double max = Double.NEGATIVE_INFINITY;
            double sum = 0;
            for (int y = window.from(); y < window.to(); y++) {
                for (double x : map[c][y]) {
                    max = Math.max(max, x);
                    sum += x;
                }
            }
            out[c][0][0] = pooling == Pooling.MAX ? max : sum / (window.rows() * window.width());
        }
        return out;
    }
}
