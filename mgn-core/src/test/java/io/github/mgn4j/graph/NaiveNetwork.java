package io.github.mgn4j.graph;

import io.github.mgn4j.spec.ConvLayer;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkBuilder;
import io.github.mgn4j.spec.PoolWindow;
import io.github.mgn4j.spec.Pooling;
import io.github.mgn4j.spec.Topology;
import io.github.mgn4j.weights.Model;
import io.github.mgn4j.weights.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The network by loops over pixels in double, batch norm as written in its paper; one image, maps are [c][h][w]. */
public final class NaiveNetwork implements NetworkBuilder<double[][][]> {
    private final Model model;

    private NaiveNetwork(Model model) {
        this.model = model;
    }

    /** Features of one image {@code [3][H][W]}. */
    public static double[] features(Model model, double[][][] image) {
        MgnSpec spec = model.spec();
        List<Double> all = new ArrayList<>();
        new Topology(spec).build(image, new NaiveNetwork(model)).values().forEach(v -> {
            for (double[][] channel : v.reduced()) {
                all.add(channel[0][0]);
            }
        });
        return all.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** Last map {@code [c][h][w]} of every branch. */
    static List<double[][][]> maps(Model model, double[][][] image) {
        return new Topology(model.spec()).buildMaps(image, new NaiveNetwork(model));
    }

    @Override
    public double[][][] convolution(double[][][] input, ConvLayer layer, double @Nullable [][][] residual) {
        double[][][] out = new double[layer.out()][layer.outputHeight()][layer.outputWidth()];
        for (int o = 0; o < layer.out(); o++) {
            for (int y = 0; y < layer.outputHeight(); y++) {
                for (int x = 0; x < layer.outputWidth(); x++) {
                    double value = norm(layer, o, sum(input, layer, o, y, x));
                    value += residual == null ? 0 : residual[o][y][x];
                    out[o][y][x] = layer.relu() ? Math.max(0, value) : value;
                }
            }
        }
        return out;
    }

    private double sum(double[][][] input, ConvLayer layer, int o, int y, int x) {
        Tensor weight = model.weights().get(layer.name() + ".weight");
        int k = layer.kernel();
        double sum = 0;
        for (int i = 0; i < layer.in(); i++) {
            for (int ky = 0; ky < k; ky++) {
                for (int kx = 0; kx < k; kx++) {
                    int iy = y * layer.stride() - layer.padding() + ky;
                    int ix = x * layer.stride() - layer.padding() + kx;
                    if (iy >= 0 && iy < layer.height() && ix >= 0 && ix < layer.width()) {
                        sum += input[i][iy][ix] * weight.get(((o * layer.in() + i) * k + ky) * k + kx);
                    }
                }
            }
        }
        return sum;
    }

    private double norm(ConvLayer layer, int channel, double x) {
        double gamma = model.weights().get(layer.norm() + ".weight").get(channel);
        double beta = model.weights().get(layer.norm() + ".bias").get(channel);
        double mean = model.weights().get(layer.norm() + ".running_mean").get(channel);
        double variance = model.weights().get(layer.norm() + ".running_var").get(channel);
        return gamma * (x - mean) / Math.sqrt(variance + 1e-5) + beta;
    }

    @Override
    public double[][][] stemPool(double[][][] input) {
        int height = (input[0].length + 1) / 2;
        int width = (input[0][0].length + 1) / 2;
        double[][][] out = new double[input.length][height][width];
        for (int c = 0; c < input.length; c++) {
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    out[c][y][x] = max(input[c], 2 * y - 1, 2 * y + 2, 2 * x - 1, 2 * x + 2);
                }
            }
        }
        return out;
    }

    private static double max(double[][] map, int top, int bottom, int left, int right) {
        double max = Double.NEGATIVE_INFINITY;
        for (int y = Math.max(0, top); y < Math.min(map.length, bottom); y++) {
            for (int x = Math.max(0, left); x < Math.min(map[0].length, right); x++) {
                max = Math.max(max, map[y][x]);
            }
        }
        return max;
    }

    @Override
    public double[][][] pool(double[][][] map, Pooling pooling, PoolWindow window) {
        double[][][] out = new double[map.length][1][1];
        for (int c = 0; c < map.length; c++) {
            double sum = 0;
            for (int y = window.from(); y < window.to(); y++) {
                for (double v : map[c][y]) {
                    sum += v;
                }
            }
            out[c][0][0] = pooling == Pooling.MAX
                    ? max(map[c], window.from(), window.to(), 0, window.width())
                    : sum / (window.rows() * window.width());
        }
        return out;
    }
}
