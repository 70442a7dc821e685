package io.github.mgn4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.mgn4j.onednn.Winograd.Tiles;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Convolutions by transforms against a loop over every result. */
class WinogradTest {
    static Stream<Arguments> convolutions() {
        SplittableRandom random = new SplittableRandom(1);
        List<Arguments> cases = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            Tiles tiles = new Tiles(random.nextInt(1, 4), random.nextInt(1, 14), random.nextInt(1, 14));
            int in = i == 0 ? 700 : random.nextInt(1, 20); // 700: more than is worked on at once
            cases.add(Arguments.of(
                    tiles, in, random.nextInt(1, 20), random.nextBoolean(), random.nextBoolean(), random.split()));
        }
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("convolutions")
    void equalsAConvolutionByLoops(Tiles tiles, int in, int out, boolean sum, boolean relu, SplittableRandom random) {
        int pixels = tiles.batch() * tiles.height() * tiles.width();
        float[] maps = random(pixels * in, random);
        float[] weights = random(out * in * 9, random);
        float[] bias = random(out, random);
        float[] residual = random(pixels * out, random);

        FloatBuffer found = FloatBuffer.wrap(residual.clone());
        LineTransform.Scratch scratch = new LineTransform.Scratch();
        LineTransform input = new InputTransform(tiles, in);
        FloatBuffer windows = FloatBuffer.allocate(Winograd.POINTS * tiles.count() * in);
        for (int line = input.lines() - 1; line >= 0; line--) {
            input.line(line, FloatBuffer.wrap(maps), windows, scratch);
        }
        FloatBuffer transformed = FloatBuffer.allocate(Winograd.POINTS * out * in);
        Winograd.weights(FloatBuffer.wrap(weights), out, in, transformed);
        FloatBuffer products = products(tiles, windows, transformed.array(), in, out);
        LineTransform output = new OutputTransform(tiles, bias, sum, relu);
        for (int line = output.lines() - 1; line >= 0; line--) {
            output.line(line, products, found, scratch);
        }

        float[] expected = convolution(tiles, maps, weights, in, out);
        double size = Math.sqrt(9.0 * in);
        for (int i = 0; i < expected.length; i++) {
            float wanted = expected[i] + bias[i % out] + (sum ? residual[i] : 0);
            assertThat((double) found.get(i)).isCloseTo(relu ? Math.max(0, wanted) : wanted, within(5e-6 * size));
        }
    }

    private static float[] random(int length, SplittableRandom random) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) (2 * random.nextDouble() - 1);
        }
        return values;
    }

    /** {@code [36, tiles, in]} times {@code [36, out, in]}. */
    private static FloatBuffer products(Tiles tiles, FloatBuffer windows, float[] weights, int in, int out) {
        FloatBuffer products = FloatBuffer.allocate(Winograd.POINTS * tiles.count() * out);
        for (int row = 0; row < Winograd.POINTS * tiles.count(); row++) {
            int point = row / tiles.count();
            for (int o = 0; o < out; o++) {
                double sum = 0;
                for (int c = 0; c < in; c++) {
                    sum += (double) windows.get(row * in + c) * weights[(point * out + o) * in + c];
                }
                products.put(row * out + o, (float) sum);
            }
        }
        return products;
    }

    private static float[] convolution(Tiles tiles, float[] maps, float[] weights, int in, int out) {
        int height = tiles.height();
        int width = tiles.width();
        float[] result = new float[tiles.batch() * height * width * out];
        for (int i = 0; i < result.length; i++) {
            int x = i / out % width;
            int y = i / out / width % height;
            int image = i / out / width / height;
            double sum = 0;
            for (int k = 0; k < 9 * in; k++) {
                int row = y + k % 9 / 3 - 1;
                int column = x + k % 3 - 1;
                if (row >= 0 && row < height && column >= 0 && column < width) {
                    float value = maps[((image * height + row) * width + column) * in + k / 9];
                    sum += (double) value * weights[i % out * in * 9 + k];
                }
            }
            result[i] = (float) sum;
        }
        return result;
    }
}
