package io.github.mgn4j.dl4j;

import io.github.mgn4j.model.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** A ResNet-50 in plain loops over tensors with torchvision's names. */
final class NaiveResNet {
    private static final int[] BLOCKS = {3, 4, 6, 3};

    private final KerasResNet50 resnet;

    private NaiveResNet(KerasResNet50 resnet) {
        this.resnet = resnet;
    }

    /** A map {@code [channels, height, width]}. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Map(float[] values, int channels, int height, int width) {
        float get(int channel, int y, int x) {
            boolean inside = y >= 0 && y < height && x >= 0 && x < width;
            return inside ? values[(channel * height + y) * width + x] : 0;
        }
    }

    /** Returns the maps behind layer1 to layer4. */
    static List<Map> stages(KerasResNet50 resnet, Map image) {
        NaiveResNet net = new NaiveResNet(resnet);
        Map map = relu(net.convolution(image, "conv1", "bn1", 2, 3));
        map = pool(map, resnet.stemPoolPadding());
        List<Map> stages = new ArrayList<>();
        for (int stage = 1; stage <= 4; stage++) {
            for (int block = 0; block < BLOCKS[stage - 1]; block++) {
                int stride = block > 0 ? 1 : stage == 1 ? resnet.layer1Stride() : 2;
                map = net.bottleneck(map, "layer" + stage + "." + block + ".", block == 0, stride);
            }
            stages.add(map);
        }
        return stages;
    }

    private Map bottleneck(Map input, String name, boolean projected, int stride) {
        boolean first = resnet.strideOnFirst();
        Map map = relu(convolution(input, name + "conv1", name + "bn1", first ? stride : 1, 0));
        map = relu(convolution(map, name + "conv2", name + "bn2", first ? 1 : stride, 1));
        map = convolution(map, name + "conv3", name + "bn3", 1, 0);
        Map residual = projected ? convolution(input, name + "downsample.0", name + "downsample.1", stride, 0) : input;
        for (int i = 0; i < map.values().length; i++) {
            map.values()[i] += residual.values()[i];
        }
        return relu(map);
    }

    private Tensor tensor(String name) {
        return Objects.requireNonNull(resnet.tensors().get(name), name);
    }

    private Map convolution(Map input, String conv, String norm, int stride, int padding) {
        Tensor weights = tensor(conv + ".weight");
        float[] kernels = weights.toArray();
        int kernel = weights.shape()[2];
        int height = (input.height() + 2 * padding - kernel) / stride + 1;
        int width = (input.width() + 2 * padding - kernel) / stride + 1;
        Map out = new Map(new float[weights.shape()[0] * height * width], weights.shape()[0], height, width);
        double[] padded = padded(input, padding);
        int paddedWidth = input.width() + 2 * padding;
        int paddedSize = (input.height() + 2 * padding) * paddedWidth;
        double[] sums = new double[height * width];
        int w = 0;
        for (int o = 0; o < out.channels(); o++) {
            Arrays.fill(sums, 0);
            for (int c = 0; c < input.channels(); c++) {
                for (int k = 0; k < kernel * kernel; k++, w++) {
                    for (int y = 0; y < height; y++) {
                        int from = c * paddedSize + (y * stride + k / kernel) * paddedWidth + k % kernel;
                        for (int x = 0; x < width; x++) {
                            sums[y * width + x] += kernels[w] * padded[from + x * stride];
                        }
                    }
                }
            }
            double scale = tensor(norm + ".weight").get(o)
                    / Math.sqrt(tensor(norm + ".running_var").get(o) + resnet.epsilon());
            double shift = tensor(norm + ".bias").get(o)
                    - scale * tensor(norm + ".running_mean").get(o);
            for (int i = 0; i < sums.length; i++) {
                out.values()[o * sums.length + i] = (float) (scale * sums[i] + shift);
            }
        }
        return out;
    }

    private static double[] padded(Map input, int padding) {
        int height = input.height() + 2 * padding;
        int width = input.width() + 2 * padding;
        double[] padded = new double[input.channels() * height * width];
        for (int i = 0; i < padded.length; i++) {
            padded[i] = input.get(i / (height * width), i / width % height - padding, i % width - padding);
        }
        return padded;
    }

    private static Map relu(Map map) {
        for (int i = 0; i < map.values().length; i++) {
            map.values()[i] = Math.max(0, map.values()[i]);
        }
        return map;
    }

    /** The maximum of 3x3 with stride 2, of values that are not negative. */
    private static Map pool(Map input, int padding) {
        int height = (input.height() + 2 * padding - 3) / 2 + 1;
        int width = (input.width() + 2 * padding - 3) / 2 + 1;
        Map out = new Map(new float[input.channels() * height * width], input.channels(), height, width);
        int place = 0;
        for (int c = 0; c < input.channels(); c++) {
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++, place++) {
                    for (int k = 0; k < 9; k++) {
                        float value = input.get(c, 2 * y - padding + k / 3, 2 * x - padding + k % 3);
                        out.values()[place] = Math.max(out.values()[place], value);
                    }
                }
            }
        }
        return out;
    }
}
