package io.github.mgn4j.samediff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.factory.Nd4j;

/** What the code takes for granted about ND4J and SameDiff; another version or backend that differs is caught here. */
class EngineContractTest {
    private static final double TIGHT = 1e-6;

    /** The largest gradient error of a scalar function of one variable of random values. */
    private static double error(long[] shape, BiFunction<SameDiff, SDVariable, SDVariable> function) {
        SameDiff sd = SameDiff.create();
        Nd4j.getRandom().setSeed(5);
        SDVariable x = sd.var("x", Nd4j.rand(DataType.DOUBLE, shape).subi(0.5));
        SDVariable y = function.apply(sd, x);
        // A fixed random weighting, so that no symmetry hides an error.
        SDVariable weights = sd.constant(Nd4j.rand(DataType.DOUBLE, y.eval().shape()));
        return FiniteDifferences.largestError(sd, y.mul(weights).sum("loss"), x, Map.of());
    }

    private static Conv2DConfig config(String layout, int kernel, int stride, WeightsFormat format) {
        return Conv2DConfig.builder()
                .kH(kernel)
                .kW(kernel)
                .sH(stride)
                .sW(stride)
                .pH(kernel / 2)
                .pW(kernel / 2)
                .dH(1)
                .dW(1)
                .paddingMode(PaddingMode.VALID)
                .dataFormat(layout)
                .weightsFormat(format)
                .build();
    }

    private static SDVariable constant(SameDiff sd, long... shape) {
        return sd.constant(Nd4j.rand(DataType.DOUBLE, shape));
    }

    @Nested
    class GradientsThatAreRight {
        @Test
        void convolutionsWithYxioWeightsInBothLayouts() {
            for (int kernel : new int[] {1, 3, 7}) {
                for (int stride : new int[] {1, 2}) {
                    assertThat(error(
                                    new long[] {kernel, kernel, 3, 4},
                                    (sd, w) -> sd.cnn()
                                            .conv2d(
                                                    constant(sd, 2, 8, 6, 3),
                                                    w,
                                                    config("NHWC", kernel, stride, WeightsFormat.YXIO))))
                            .isLessThan(TIGHT);
                    assertThat(error(
                                    new long[] {2, 8, 6, 3},
                                    (sd, x) -> sd.cnn()
                                            .conv2d(
                                                    x,
                                                    constant(sd, kernel, kernel, 3, 4),
                                                    config("NHWC", kernel, stride, WeightsFormat.YXIO))))
                            .isLessThan(TIGHT);
                    assertThat(error(
                                    new long[] {2, 3, 8, 6},
                                    (sd, x) -> sd.cnn()
                                            .conv2d(
                                                    x,
                                                    constant(sd, kernel, kernel, 3, 4),
                                                    config("NCHW", kernel, stride, WeightsFormat.YXIO))))
                            .isLessThan(TIGHT);
                }
            }
        }

        @Test
        void maximumAndAveragePooling() {
            Pooling2DConfig stem = pooling(3, 3, 2, 2, 1);
            Pooling2DConfig stripes = pooling(4, 6, 4, 6, 0);
            assertThat(error(new long[] {2, 8, 6, 3}, (sd, x) -> sd.cnn().maxPooling2d(x, stem)))
                    .isLessThan(TIGHT);
            assertThat(error(new long[] {2, 8, 6, 3}, (sd, x) -> sd.cnn().maxPooling2d(x, stripes)))
                    .isLessThan(TIGHT);
            assertThat(error(new long[] {2, 8, 6, 3}, (sd, x) -> sd.cnn().avgPooling2d(x, stripes)))
                    .isLessThan(TIGHT);
        }

        private Pooling2DConfig pooling(int height, int width, int strideHeight, int strideWidth, int padding) {
            return Pooling2DConfig.builder()
                    .kH(height)
                    .kW(width)
                    .sH(strideHeight)
                    .sW(strideWidth)
                    .pH(padding)
                    .pW(padding)
                    .dH(1)
                    .dW(1)
                    .paddingMode(PaddingMode.VALID)
                    .isNHWC(true)
                    .build();
        }

        @Test
        void whatBatchNormIsComposedOf() {
            assertThat(error(new long[] {5, 3}, (sd, x) -> {
                        SDVariable row = sd.constant(Nd4j.valueArrayOf(new long[] {1, 5}, 0.2, DataType.DOUBLE));
                        SDVariable centred = x.sub(sd.mmul(row, x));
                        SDVariable variance = sd.mmul(row, centred.mul(centred));
                        return centred.div(sd.math().sqrt(variance.add(1e-5)));
                    }))
                    .isLessThan(TIGHT);
        }

        @Test
        void stripesCutFromAMapReshapedPermutedAndRectified() {
            assertThat(error(new long[] {2, 3, 1, 4}, (sd, x) -> {
                        SDVariable stripe = x.get(SDIndex.all(), SDIndex.interval(1, 2), SDIndex.all(), SDIndex.all());
                        return sd.nn().relu(sd.permute(sd.reshape(stripe, -1, 4), 1, 0), 0);
                    }))
                    .isLessThan(TIGHT);
        }
    }

    /** Known faults: when one of these fails, ND4J has mended it, and the code that goes around it can go. */
    @Nested
    class FaultsThatAreGoneAround {
        @Test
        void theGradientOfVarianceIsWrong() {
            assertThat(error(new long[] {12}, (sd, x) -> sd.variance(x, false, 0)))
                    .isGreaterThan(100 * TIGHT);
            assertThat(error(new long[] {12}, (sd, x) -> sd.variance(x, true, 0)))
                    .isLessThan(TIGHT);
        }

        @Test
        void logSoftmaxOverADimensionHasNoGradient() {
            assertThatThrownBy(() -> error(new long[] {3, 4}, (sd, x) -> sd.nn().logSoftmax(x, 1)))
                    .isInstanceOf(RuntimeException.class);
        }
    }

    @Test
    void logSoftmaxOverTheLastAxisHasAGradient() {
        assertThat(error(new long[] {3, 4}, (sd, x) -> sd.nn().logSoftmax(x))).isLessThan(TIGHT);
    }

    @Test
    void aChangedConstantIsSeenByTheNextOutput() {
        SameDiff sd = SameDiff.create();
        INDArray value = Nd4j.scalar(2.0);
        SDVariable c = sd.constant("c", value);
        SDVariable y = c.mul("y", 3.0);
        assertThat(sd.output(Map.of(), y.name()).get("y").getDouble(0)).isEqualTo(6.0);
        c.getArr().assign(5.0);
        assertThat(sd.output(Map.of(), y.name()).get("y").getDouble(0)).isEqualTo(15.0);
    }

    @Test
    void theBinaryOnTheClassPathIsTheOneWithOneDnn() {
        String bindings = "org/nd4j/linalg/cpu/nativecpu/bindings/linux-x86_64";
        ClassLoader loader = getClass().getClassLoader();
        assumeThat(System.getProperty("os.name") + System.getProperty("os.arch"))
                .isEqualTo("Linuxamd64");
        assumeThat(Nd4j.getBackend().getClass().getSimpleName()).contains("Cpu");
        assertThat(loader.getResource(bindings + "-onednn/libnd4jcpu.so")).isNotNull();
        assertThat(loader.getResource(bindings + "/libnd4jcpu.so")).isNull();
    }
}
