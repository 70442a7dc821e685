package io.github.mgn4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.engine.internal.Bf16;
import io.github.mgn4j.engine.internal.TrainingKernels;
import io.github.mgn4j.engine.internal.TrainingKernels.BatchNorm;
import io.github.mgn4j.engine.internal.TrainingKernels.BatchNormGradients;
import io.github.mgn4j.engine.internal.TrainingKernels.BatchNormOperands;
import io.github.mgn4j.engine.internal.TrainingKernels.Convolution;
import io.github.mgn4j.engine.internal.TrainingKernels.Kernel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each kernel against a plain loop. */
class OneDnnKernelsTest {
    private final TrainingKernels kernels = OneDnnKernels.open(dnnl.dnnl_f32);
    /** Used where the processor has bfloat16. */
    private final TrainingKernels half = OneDnnKernels.open(dnnl.dnnl_bf16);

    private final Random random = new Random(3);

    @AfterEach
    void close() {
        kernels.close();
        half.close();
    }

    @Test
    void bf16IsChosenWhereItIsFaster() {
        OneDnnKernelsProvider provider = new OneDnnKernelsProvider();
        assertThat(provider.choose(Precision.FP32)).isEqualTo(Precision.FP32);
        assertThat(provider.choose(Precision.BF16))
                .isEqualTo(Processor.gainsFromBf16() ? Precision.BF16 : Precision.FP32);
    }

    private float[] random(long length) {
        float[] values = new float[Math.toIntExact(length)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static float[] values(FloatPointer pointer) {
        float[] values = new float[Math.toIntExact(pointer.limit())];
        pointer.get(values);
        return values;
    }

    private static void near(FloatPointer found, double[] wanted) {
        near("", found, wanted);
    }

    private static void near(String what, FloatPointer found, double[] wanted) {
        float[] values = values(found);
        assertThat(values).hasSameSizeAs(wanted);
        for (int i = 0; i < values.length; i++) {
            assertThat((double) values[i])
                    .as(what + " element " + i)
                    .isCloseTo(wanted[i], within(1e-4 + 1e-4 * Math.abs(wanted[i])));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "2, 5, 4, 3, 7, 3, 1", // no multiple of a vector
        "2, 6, 4, 16, 32, 3, 1",
        "3, 7, 5, 16, 16, 3, 2",
        "2, 8, 6, 3, 16, 7, 2",
        "2, 6, 4, 16, 32, 1, 1",
        "2, 6, 4, 5, 6, 1, 1",
        "2, 7, 4, 16, 32, 1, 2",
        "2, 7, 2, 16, 32, 3, 2", // one column of results
        "2, 7, 2, 16, 32, 1, 2",
        "2, 1, 1, 64, 32, 1, 1"
    })
    void convolution(int batch, int height, int width, int in, int out, int kernel, int stride) {
        convolution(kernels, x -> x, batch, height, width, in, out, kernel, stride);
        if (Processor.has(dnnl.dnnl_cpu_isa_avx512_core_bf16)) {
            convolution(half, Bf16::round, batch, height, width, in, out, kernel, stride);
        }
    }

    /** Each instruction set has kernels of its own, and conditions for them: {@code ONEDNN_MAX_CPU_ISA} chooses. */
    @Test
    void anyConvolution() {
        int[] channels = {1, 2, 3, 4, 6, 7, 8, 12, 16, 24, 32, 48, 64};
        int[] sizes = {1, 1, 3, 3, 7};
        for (int i = 0; i < 400; i++) {
            int kernel = sizes[random.nextInt(sizes.length)];
            int stride = 1 + random.nextInt(2);
            int height = 1 + random.nextInt(16) + kernel / 2;
            int width = 1 + random.nextInt(9) + kernel / 2;
            int in = kernel == 7 ? 3 : channels[random.nextInt(channels.length)]; // as a stem has
            int out = channels[random.nextInt(channels.length)];
            convolution(1 + random.nextInt(4), height, width, in, out, kernel, stride);
        }
    }

    private void convolution(
            TrainingKernels with,
            UnaryOperator<Float> factor,
            int batch,
            int height,
            int width,
            int in,
            int out,
            int kernel,
            int stride) {
        int pad = kernel / 2;
        Convolution shape = new Convolution(batch, height, width, in, out, kernel, kernel, stride, stride, pad, pad);
        int rows = (int) shape.outputHeight();
        int columns = (int) shape.outputWidth();
        float[] x = random((long) batch * height * width * in);
        float[] weight = random((long) kernel * kernel * in * out);
        float[] dy = random((long) batch * rows * columns * out);
        double[] y = new double[dy.length];
        double[] dx = new double[x.length];
        double[] dWeight = new double[weight.length];
        for (int b = 0; b < batch; b++) {
            for (int r = 0; r < rows * columns; r++) {
                for (int k = 0; k < kernel * kernel; k++) {
                    int sourceRow = r / columns * stride + k / kernel - pad;
                    int sourceColumn = r % columns * stride + k % kernel - pad;
                    if (sourceRow < 0 || sourceRow >= height || sourceColumn < 0 || sourceColumn >= width) {
                        continue;
                    }
                    for (int i = 0; i < in; i++) {
                        int source = ((b * height + sourceRow) * width + sourceColumn) * in + i;
                        for (int o = 0; o < out; o++) {
                            int target = (b * rows * columns + r) * out + o;
                            int w = (k * in + i) * out + o;
                            y[target] += (double) factor.apply(x[source]) * factor.apply(weight[w]);
                            dx[source] += (double) factor.apply(dy[target]) * factor.apply(weight[w]);
                            dWeight[w] += (double) factor.apply(dy[target]) * factor.apply(x[source]);
                        }
                    }
                }
            }
        }
        try (FloatPointer px = new FloatPointer(x);
                FloatPointer pw = new FloatPointer(weight);
                FloatPointer pdy = new FloatPointer(dy);
                FloatPointer py = new FloatPointer(y.length);
                FloatPointer pdx = new FloatPointer(dx.length);
                FloatPointer pdw = new FloatPointer(dWeight.length)) {
            List<Kernel> all = List.of(
                    with.convolution(shape, px.address(), pw.address(), py.address()),
                    with.mapGradient(shape, pdy.address(), pw.address(), pdx.address()),
                    with.weightGradient(shape, px.address(), pdy.address(), pdw.address()));
            for (int run = 0; run < 2; run++) {
                with.run(all);
                near("y of " + shape, py, y);
                near("dx of " + shape, pdx, dx);
                near("dw of " + shape, pdw, dWeight);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "4, 6, 16, true",
        "4, 6, 16, false",
        "3, 5, 7, true",
        "3, 5, 7, false",
        "6, 1, 32, false",
        "2, 300, 64, true"
    })
    void batchNorm(int batch, int pixels, int channels, boolean relu) {
        double epsilon = 1e-3;
        BatchNorm norm = new BatchNorm(batch, pixels, channels, (float) epsilon, relu);
        int rows = batch * pixels;
        float[] x = random((long) rows * channels);
        float[] dy = random((long) rows * channels);
        float[] scale = random(channels);
        float[] shift = random(channels);
        double[] y = new double[x.length];
        double[] dx = new double[x.length];
        double[] mean = new double[channels];
        double[] variance = new double[channels];
        double[] dScale = new double[channels];
        double[] dShift = new double[channels];
        for (int c = 0; c < channels; c++) {
            for (int r = 0; r < rows; r++) {
                mean[c] += x[r * channels + c] / (double) rows;
            }
            for (int r = 0; r < rows; r++) {
                variance[c] += Math.pow(x[r * channels + c] - mean[c], 2) / rows;
            }
            double deviation = Math.sqrt(variance[c] + epsilon);
            for (int r = 0; r < rows; r++) {
                int i = r * channels + c;
                double normalised = (x[i] - mean[c]) / deviation;
                y[i] = normalised * scale[c] + shift[c];
                double upstream = relu && y[i] <= 0 ? 0 : dy[i];
                y[i] = relu ? Math.max(0, y[i]) : y[i];
                dScale[c] += upstream * normalised;
                dShift[c] += upstream;
            }
            for (int r = 0; r < rows; r++) {
                int i = r * channels + c;
                double normalised = (x[i] - mean[c]) / deviation;
                double upstream = relu && y[i] <= 0 ? 0 : dy[i];
                dx[i] = scale[c] / deviation * (upstream - dShift[c] / rows - normalised * dScale[c] / rows);
            }
        }
        try (FloatPointer px = new FloatPointer(x);
                FloatPointer ps = new FloatPointer(scale);
                FloatPointer pb = new FloatPointer(shift);
                FloatPointer py = new FloatPointer(x.length);
                FloatPointer pm = new FloatPointer(channels);
                FloatPointer pv = new FloatPointer(channels);
                BytePointer mask = new BytePointer(Math.max(1, kernels.maskBytes(norm)));
                FloatPointer pdy = new FloatPointer(dy);
                FloatPointer pds = new FloatPointer(channels);
                FloatPointer pdb = new FloatPointer(channels)) {
            BatchNormOperands operands = new BatchNormOperands(
                    px.address(), ps.address(), pb.address(), pm.address(), pv.address(), relu ? mask.address() : 0);
            kernels.run(List.of(
                    kernels.batchNorm(norm, operands, py.address()),
                    kernels.batchNormGradient(
                            norm,
                            operands,
                            // in place
                            new BatchNormGradients(pdy.address(), pdy.address(), pds.address(), pdb.address()))));
            near(py, y);
            near(pm, mean);
            near(pv, variance);
            near(pdy, dx);
            near(pds, dScale);
            near(pdb, dShift);
        }
    }

    /** As many rows as the paper's first layer has in a batch of 16: oneDNN's own sums are off by 1e-5. */
    @Test
    void statisticsOfManyRowsKeepTheirDigits() {
        int rows = 196_608;
        int channels = 4;
        float[] x = random((long) rows * channels);
        double[] mean = new double[channels];
        double[] variance = new double[channels];
        for (int i = 0; i < x.length; i++) {
            x[i] += 0.5f;
            mean[i % channels] += x[i] / (double) rows;
        }
        for (int i = 0; i < x.length; i++) {
            variance[i % channels] += Math.pow(x[i] - mean[i % channels], 2) / rows;
        }
        try (FloatPointer px = new FloatPointer(x);
                FloatPointer pm = new FloatPointer(channels);
                FloatPointer pv = new FloatPointer(channels)) {
            ChannelMoments moments = new ChannelMoments(px.address(), rows, channels, pm.address(), pv.address());
            NativeThread.run(moments::compute);
            for (int c = 0; c < channels; c++) {
                assertThat((double) pm.get(c)).isCloseTo(mean[c], within(3e-7 * mean[c]));
                assertThat((double) pv.get(c)).isCloseTo(variance[c], within(3e-7 * variance[c]));
            }
        }
    }

    @Test
    void sumsAndReluInPlace() {
        int length = 1003;
        float[] a = random(length);
        float[] b = random(length);
        float[] dy = random(length);
        double[] sum = new double[length];
        double[] relu = new double[length];
        double[] dx = new double[length];
        for (int i = 0; i < length; i++) {
            sum[i] = a[i] + b[i];
            relu[i] = Math.max(0, sum[i]);
            dx[i] = relu[i] > 0 ? dy[i] : 0;
        }
        try (FloatPointer pa = new FloatPointer(a);
                FloatPointer pb = new FloatPointer(b);
                FloatPointer py = new FloatPointer(length);
                FloatPointer pdy = new FloatPointer(dy)) {
            kernels.run(List.of(
                    kernels.sum(length, pa.address(), pb.address(), py.address(), false),
                    kernels.sum(length, pa.address(), pb.address(), pb.address(), true)));
            near(py, sum);
            near(pb, relu);
            kernels.run(List.of(kernels.reluGradient(length, pb.address(), pdy.address(), pdy.address())));
            near(pdy, dx);
        }
    }

    /** Shared memory grows for kernels that are made after a run. */
    @Test
    void kernelsMadeLaterRunToo() {
        List<Kernel> made = new ArrayList<>();
        try (FloatPointer x = new FloatPointer(random(2 * 8 * 8 * 64));
                FloatPointer weight = new FloatPointer(random(9 * 64 * 64));
                FloatPointer y = new FloatPointer(2 * 8 * 8 * 64)) {
            for (int channels : new int[] {16, 64}) {
                Convolution shape = new Convolution(2, 8, 8, channels, channels, 3, 3, 1, 1, 1, 1);
                made.add(kernels.convolution(shape, x.address(), weight.address(), y.address()));
                kernels.run(List.of(made.get(made.size() - 1)));
            }
            float[] last = values(y);
            kernels.run(made);
            assertThat(values(y)).isEqualTo(last);
        }
    }
}
