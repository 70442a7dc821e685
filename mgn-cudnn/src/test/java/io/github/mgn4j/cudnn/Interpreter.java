package io.github.mgn4j.cudnn;

import io.github.mgn4j.cudnn.Program.Convolution;
import io.github.mgn4j.cudnn.Program.Feature;
import io.github.mgn4j.cudnn.Program.Head;
import io.github.mgn4j.cudnn.Program.MaxPool;
import io.github.mgn4j.cudnn.Program.Op;
import io.github.mgn4j.cudnn.Program.Pack;
import io.github.mgn4j.cudnn.Program.PoolBands;
import io.github.mgn4j.cudnn.Program.Stem;
import io.github.mgn4j.cudnn.Program.Value;
import io.github.mgn4j.cudnn.Program.View;
import io.github.mgn4j.engine.internal.FoldedConvolution;
import io.github.mgn4j.model.ActivationRanges;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.Pooling;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Runs a {@link Program} on one image by plain loops, with the roundings of its number formats; maps are [y][x][channel]. */
final class Interpreter {
    private final Model model;
    private final Program program;
    private final NumberFormats formats;
    private final Map<Value, double[][][]> maps = new HashMap<>();
    private final double[][] bands;
    private float[] features = {};

    private Interpreter(Model model, Program program, NumberFormats formats) {
        this.model = model;
        this.program = program;
        this.formats = formats;
        bands = new double[program.bands()][];
    }

    /** Returns the features of an image {@code [3][H][W]}, normalised. */
    static float[] features(Model model, Program program, NumberFormats formats, double[][][] image) {
        return run(model, program, formats, image).features;
    }

    /** Returns the largest magnitudes of the convolutions' outputs, as calibration without clipping finds them. */
    static ActivationRanges ranges(Model model, double[][][]... images) {
        Program program = Lowering.lower(model.spec(), false);
        Map<String, Float> bounds = new HashMap<>();
        for (double[][][] image : images) {
            Interpreter run = run(model, program, NumberFormats.of(io.github.mgn4j.engine.Precision.FP32, null), image);
            run.maps.forEach((value, map) -> {
                int parts = value.layers().size();
                for (int part = 0; part < parts; part++) {
                    int width = value.channels() / parts;
                    double largest = 1e-6;
                    for (double[][] row : map) {
                        for (double[] pixel : row) {
                            for (int c = part * width; c < (part + 1) * width; c++) {
                                largest = Math.max(largest, Math.abs(pixel[c]));
                            }
                        }
                    }
                    bounds.merge(value.layers().get(part), (float) largest, Math::max);
                }
            });
        }
        bounds.put("images", 3f);
        return new ActivationRanges(images.length, bounds);
    }

    private static Interpreter run(Model model, Program program, NumberFormats formats, double[][][] image) {
        Interpreter interpreter = new Interpreter(model, program, formats);
        for (Op op : program.ops()) {
            interpreter.run(op, image);
        }
        return interpreter;
    }

    private void run(Op op, double[][][] image) {
        if (op instanceof Pack pack) {
            pack(pack, image);
        } else if (op instanceof Stem stem) {
            Filter filter = Filter.of(stem, model.weights(), formats);
            double[][][] conv =
                    convolve(map(stem.input()), filter, 4, 1, 0, stem.output().channels());
            double scale = formats.scale(stem.output().all());
            double[][][] out = pool(each(conv, (x, c) -> Format.F16.round(Math.max(0, x + filter.bias()[c]))));
            maps.put(stem.output(), each(out, (x, c) -> formats.maps().round((float) (x * (float) (1 / scale)))));
        } else if (op instanceof Convolution convolution) {
            convolution(convolution);
        } else if (op instanceof MaxPool pool) {
            maps.put(pool.output(), pool(map(pool.input())));
        } else if (op instanceof PoolBands pool) {
            poolBands(pool);
        } else {
            head((Head) op);
        }
    }

    private interface Step {
        double apply(double value, int channel);
    }

    private static double[][][] each(double[][][] map, Step step) {
        double[][][] result = new double[map.length][map[0].length][map[0][0].length];
        for (int y = 0; y < map.length; y++) {
            for (int x = 0; x < map[0].length; x++) {
                for (int c = 0; c < map[0][0].length; c++) {
                    result[y][x][c] = step.apply(map[y][x][c], c);
                }
            }
        }
        return result;
    }

    private double[][][] map(View view) {
        double[][][] whole = maps.get(view.value());
        double[][][] part = new double[whole.length][whole[0].length][];
        for (int y = 0; y < whole.length; y++) {
            for (int x = 0; x < whole[0].length; x++) {
                part[y][x] = Arrays.copyOfRange(whole[y][x], view.first(), view.first() + view.channels());
            }
        }
        return part;
    }

    private void pack(Pack op, double[][][] image) {
        double[][][] out = new double[op.output().height()][op.output().width()][Program.BLOCK];
        for (int y = 0; y < image[0].length; y++) {
            for (int x = 0; x < image[0][0].length; x++) {
                for (int c = 0; c < 3; c++) {
                    out[2 + y / 2][2 + x / 2][(y % 2 * 2 + x % 2) * 3 + c] =
                            formats.packed().round(image[c][y][x]);
                }
            }
        }
        maps.put(op.output(), out);
    }

    private static double[][][] convolve(
            double[][][] in, Filter filter, int kernel, int stride, int padding, int channels) {
        int height = (in.length + 2 * padding - kernel) / stride + 1;
        int width = (in[0].length + 2 * padding - kernel) / stride + 1;
        int depth = in[0][0].length;
        double[][][] out = new double[height][width][channels];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                for (int o = 0; o < channels; o++) {
                    double sum = 0;
                    for (int r = 0; r < kernel; r++) {
                        for (int s = 0; s < kernel; s++) {
                            int iy = y * stride - padding + r;
                            int ix = x * stride - padding + s;
                            if (iy < 0 || iy >= in.length || ix < 0 || ix >= in[0].length) {
                                continue;
                            }
                            int from = ((o * kernel + r) * kernel + s) * depth;
                            for (int i = 0; i < depth; i++) {
                                sum += in[iy][ix][i] * filter.weights()[from + i];
                            }
                        }
                    }
                    out[y][x][o] = sum;
                }
            }
        }
        return out;
    }

    private void convolution(Convolution op) {
        Filter filter = Filter.of(op, model.weights(), formats);
        double[][][] sums = convolve(
                map(op.input()),
                filter,
                op.kernel(),
                op.stride(),
                op.padding(),
                op.output().channels());
        double[][][] residual = op.residual() == null ? null : map(op.residual());
        float residualScale = filter.residualScale();
        for (int y = 0; y < sums.length; y++) {
            for (int x = 0; x < sums[0].length; x++) {
                for (int c = 0; c < sums[0][0].length; c++) {
                    double value = sums[y][x][c] * filter.scale()[c] + filter.bias()[c];
                    value += residual == null ? 0 : residual[y][x][c] * residualScale;
                    value = op.relu() ? Math.max(0, value) : value;
                    sums[y][x][c] = formats.maps().round(value);
                }
            }
        }
        maps.put(op.output(), sums);
    }

    private static double[][][] pool(double[][][] in) {
        int height = (in.length + 1) / 2;
        int width = (in[0].length + 1) / 2;
        double[][][] out = new double[height][width][in[0][0].length];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                Arrays.fill(out[y][x], Double.NEGATIVE_INFINITY);
                for (int iy = Math.max(0, 2 * y - 1); iy < Math.min(in.length, 2 * y + 2); iy++) {
                    for (int ix = Math.max(0, 2 * x - 1); ix < Math.min(in[0].length, 2 * x + 2); ix++) {
                        for (int c = 0; c < out[y][x].length; c++) {
                            out[y][x][c] = Math.max(out[y][x][c], in[iy][ix][c]);
                        }
                    }
                }
            }
        }
        return out;
    }

    private boolean average() {
        return model.spec().pooling() == Pooling.AVG;
    }

    private void poolBands(PoolBands op) {
        double[][][] map = map(op.input());
        double scale = formats.scale(op.input());
        for (int band = 0; band + 1 < op.bounds().size(); band++) {
            double[] result = new double[op.input().channels()];
            Arrays.fill(result, average() ? 0 : Double.NEGATIVE_INFINITY);
            for (int y = op.bounds().get(band); y < op.bounds().get(band + 1); y++) {
                for (double[] pixel : map[y]) {
                    for (int c = 0; c < result.length; c++) {
                        result[c] = average() ? result[c] + pixel[c] : Math.max(result[c], pixel[c]);
                    }
                }
            }
            bands[op.firstBand() + band] =
                    Arrays.stream(result).map(x -> x * scale).toArray();
        }
    }

    private void head(Head op) {
        int length = program.spec().partLength();
        features = new float[op.features().size() * length];
        int place = 0;
        for (Feature feature : op.features()) {
            double[] pooled = bands[feature.firstBand()].clone();
            for (int band = feature.firstBand() + 1; band < feature.lastBand(); band++) {
                for (int c = 0; c < pooled.length; c++) {
                    pooled[c] = average() ? pooled[c] + bands[band][c] : Math.max(pooled[c], bands[band][c]);
                }
            }
            for (int c = 0; c < pooled.length; c++) {
                pooled[c] = average() ? pooled[c] / feature.pixels() : pooled[c];
            }
            float[] vector = feature.reduction() == null ? null : reduced(feature, pooled);
            for (int c = 0; c < length; c++) {
                features[place++] = vector == null ? (float) pooled[c] : vector[c];
            }
        }
    }

    private float[] reduced(Feature feature, double[] pooled) {
        FoldedConvolution folded = FoldedConvolution.of(model.weights(), feature.reduction());
        float[] weights = Filter.reduction(folded, feature.reduction(), pooled.length, formats.packed());
        float[] out = new float[feature.reduction().out()];
        for (int o = 0; o < out.length; o++) {
            double sum = folded.bias().get(o);
            for (int c = 0; c < pooled.length; c++) {
                sum += formats.packed().round(pooled[c]) * weights[o * pooled.length + c];
            }
            out[o] = (float) (feature.reduction().relu() ? Math.max(0, sum) : sum);
        }
        return out;
    }
}
