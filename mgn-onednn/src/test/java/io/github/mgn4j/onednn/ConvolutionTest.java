package io.github.mgn4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.dnnl.global.dnnl.*;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.common.collect.ImmutableMap;
import io.github.mgn4j.engine.internal.Arena;
import io.github.mgn4j.engine.internal.Arena.Block;
import io.github.mgn4j.engine.internal.Resources;
import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.Weights;
import io.github.mgn4j.spec.ConvLayer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Convolutions in every number format against a loop over every result. All operands are small integers, so that sums are
 * exact in every order, and a result is at most one rounding away.
 */
class ConvolutionTest {
    /** Kernel, stride, channels in and out, height and width: the kinds of layers, down to maps of one column. */
    private static final int[][] SHAPES = {
        {7, 2, 3, 16, 24, 8},
        {7, 2, 3, 16, 10, 2},
        {7, 2, 3, 64, 9, 1},
        {1, 1, 64, 48, 6, 2},
        {1, 1, 160, 64, 3, 1},
        {1, 2, 64, 128, 6, 3},
        {1, 2, 128, 256, 6, 2},
        {1, 2, 64, 64, 5, 1},
        {3, 1, 32, 32, 7, 5},
        {3, 1, 96, 64, 6, 2},
        {3, 1, 128, 128, 3, 1},
        {3, 2, 32, 32, 9, 8},
        {3, 2, 64, 64, 6, 3},
        {3, 2, 128, 128, 6, 2},
        {3, 2, 160, 160, 5, 1},
        {3, 2, 16, 16, 16, 1},
    };

    /** Large enough for blocks of several rows. */
    private static final int BATCH = 3;

    /** Bound of integer results; some are beyond it. */
    private static final float BOUND = 1000;

    static Stream<Arguments> convolutions() {
        List<TensorType> types =
                List.of(TensorType.F32, TensorType.BF16, TensorType.unsigned(255), TensorType.signed(127));
        List<Arguments> cases = new ArrayList<>();
        for (int[] s : SHAPES) {
            for (TensorType type : types) {
                cases.add(
                        Arguments.of(new ConvLayer("c", "n", s[2], s[3], s[0], s[1], false, s[4], s[5]), type, false));
                cases.add(Arguments.of(new ConvLayer("c", "n", s[2], s[3], s[0], s[1], true, s[4], s[5]), type, true));
            }
        }
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("convolutions")
    void equalsALoopOverEveryResult(ConvLayer layer, TensorType from, boolean residual) {
        assertThat(firstWrong(layer, from, residual)).isEqualTo(-1);
    }

    /**
     * What {@link Primitives#convolution} goes round for strides of 2 is still there for a stride of 3, which no network has. Where
     * this fails on a processor with AMX, oneDNN has been mended, and single columns need no special case any more.
     */
    @Test
    void amxKernelsStillReadWrongRowsWhereAColumnHasAStride() {
        ConvLayer layer = new ConvLayer("c", "n", 256, 64, 3, 3, false, 96, 3);
        assertThat(firstWrong(layer, TensorType.BF16, false) >= 0)
                .isEqualTo(Processor.has(dnnl_cpu_isa_avx512_core_amx));
    }

    /** The index of the first result that is more than a rounding away from the loops'; -1 if there is none. */
    private static int firstWrong(ConvLayer layer, TensorType from, boolean residual) {
        assumeTrue(!from.isInteger() || Processor.hasInt8());
        assumeTrue(!from.equals(TensorType.BF16) || Processor.has(dnnl_cpu_isa_avx512_core));
        SplittableRandom random = new SplittableRandom(1);
        int perChannel = layer.in() * layer.kernel() * layer.kernel();
        float[] weights = integers(layer.out() * perChannel, -4, 4, random);
        for (int i = 0; i < weights.length; i += perChannel) {
            weights[i] = 127; // so that a step of 8-bit weights is 1
        }
        float[] bias = integers(layer.out(), -50, 50, random);
        int lowest = from.dataType() == dnnl_u8 ? 0 : -8;
        float[] maps = integers(BATCH * layer.height() * layer.width() * layer.in(), lowest, 15, random);
        float[] exact = loops(layer, maps, weights, bias);
        float[] summands = residual ? integers(exact.length, -99, 99, random) : new float[0];
        TensorType to = !from.isInteger() ? from : layer.relu() ? TensorType.unsigned(BOUND) : TensorType.signed(BOUND);

        float[] found = run(layer, weights(layer, weights, bias), from, to, maps, summands);

        for (int i = 0; i < exact.length; i++) {
            float sum = residual ? exact[i] + summands[i] : exact[i];
            float wanted = layer.relu() ? Math.max(0, sum) : sum;
            float bounded = to.isInteger() ? Math.max(-128 * to.scale(), Math.min(BOUND, wanted)) : wanted;
            if (!(Math.abs(found[i] - bounded) <= rounding(to, bounded))) { // a NaN is wrong, too
                return i;
            }
        }
        return -1;
    }

    /** The largest error of rounding; in integers a little more, as steps are not exact. */
    private static float rounding(TensorType type, float value) {
        if (type.isInteger()) {
            return 0.51f * type.scale();
        }
        return type.equals(TensorType.BF16) ? Math.abs(value) / 256 : 0;
    }

    private static float[] run(
            ConvLayer layer, Weights weights, TensorType from, TensorType to, float[] maps, float[] summands) {
        return NativeThread.call(() -> {
            try (Resources owner = new Resources()) {
                dnnl_engine engine = Dnnl.engine(owner);
                dnnl_stream stream = Dnnl.stream(engine, owner);
                PackedWeights packed = owner.own(new PackedWeights(weights, engine, stream), PackedWeights::close);
                Arena arena = new Arena(Dnnl.ALIGNMENT);
                Primitives primitives = new Primitives(engine, arena, owner, owner);
                long[] in = {BATCH, layer.in(), layer.height(), layer.width()};
                long[] out = {BATCH, layer.out(), layer.outputHeight(), layer.outputWidth()};
                Block images = arena.block(Float.BYTES * size(in), 0);
                Block source = arena.block(from.bytes() * size(in), 0);
                Block residual = arena.block(Float.BYTES * size(out), 0);
                Block target = arena.block(to.bytes() * size(out), 0);
                Block result = arena.block(Float.BYTES * size(out), 0);
                TensorType summand = from.isInteger() ? TensorType.signed(127) : from;

                List<Step> steps = new ArrayList<>();
                steps.add(copy(primitives, in, TensorType.F32, images, from, source, owner));
                Attributes attributes = primitives.attributes();
                if (summands.length > 0) {
                    steps.add(copy(primitives, out, TensorType.F32, residual, summand, target, owner));
                    attributes.sum(summand);
                }
                if (layer.relu()) {
                    attributes.relu();
                }
                if (from.isInteger()) {
                    attributes
                            .scale(DNNL_ARG_SRC, from)
                            .scalePerChannel(DNNL_ARG_WEIGHTS)
                            .scale(DNNL_ARG_DST, to);
                }
                dnnl_memory_desc sourceForm = form(in, from, owner);
                dnnl_memory_desc targetForm = form(out, to, owner);
                steps.add(primitives
                        .convolution(layer, sourceForm, targetForm, from.weightType(), packed, attributes)
                        .with(DNNL_ARG_SRC, sourceForm, source)
                        .with(DNNL_ARG_DST, targetForm, target));
                steps.add(copy(primitives, out, to, target, TensorType.F32, result, owner));

                long bytes = arena.layOut();
                BytePointer memory = Dnnl.allocate(bytes, owner);
                Pointer.memset(memory, 0x7f, bytes); // what no kernel may read is large
                Dnnl.floats(memory, images.offset(), Float.BYTES * size(in)).put(maps);
                Dnnl.floats(memory, residual.offset(), Float.BYTES * size(out)).put(summands);
                steps.forEach(step -> step.bind(memory, engine, owner));
                steps.forEach(step -> step.run(stream));
                Dnnl.check(dnnl_stream_wait(stream), "waiting");
                float[] found = new float[(int) size(out)];
                Dnnl.floats(memory, result.offset(), Float.BYTES * size(out)).get(found);
                return found;
            }
        });
    }

    private static Step copy(
            Primitives primitives,
            long[] shape,
            TensorType from,
            Block source,
            TensorType to,
            Block target,
            Resources owner) {
        dnnl_memory_desc sourceForm = form(shape, from, owner);
        dnnl_memory_desc targetForm = form(shape, to, owner);
        Attributes attributes =
                primitives.attributes().scale(DNNL_ARG_SRC, from).scale(DNNL_ARG_DST, to);
        return primitives
                .reorder("map", sourceForm, targetForm, attributes)
                .with(DNNL_ARG_SRC, sourceForm, source)
                .with(DNNL_ARG_DST, targetForm, target);
    }

    private static dnnl_memory_desc form(long[] shape, TensorType type, Resources owner) {
        return Dnnl.descriptor(type.dataType(), dnnl_nhwc, owner, shape);
    }

    private static long size(long[] shape) {
        return LongStream.of(shape).reduce(1, (a, b) -> a * b);
    }

    private static float[] integers(int count, int low, int high, SplittableRandom random) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextInt(low, high + 1);
        }
        return values;
    }

    /** With a batch norm that changes nothing but the bias. */
    private static Weights weights(ConvLayer layer, float[] weights, float[] bias) {
        int out = layer.out();
        float[] ones = new float[out];
        Arrays.fill(ones, 1);
        float[] variances = new float[out];
        Arrays.fill(variances, (float) (1 - ConvLayer.EPSILON));
        return Weights.of(ImmutableMap.of(
                "c.weight", Tensor.of(weights, out, layer.in(), layer.kernel(), layer.kernel()),
                "n.weight", Tensor.of(ones, out),
                "n.bias", Tensor.of(bias, out),
                "n.running_mean", Tensor.of(new float[out], out),
                "n.running_var", Tensor.of(variances, out)));
    }

    /** Channels last. */
    private static float[] loops(ConvLayer layer, float[] maps, float[] weights, float[] bias) {
        int height = layer.outputHeight();
        int width = layer.outputWidth();
        int kernel = layer.kernel();
        int points = kernel * kernel;
        float[] results = new float[BATCH * height * width * layer.out()];
        for (int i = 0; i < results.length; i++) {
            int channel = i % layer.out();
            int left = i / layer.out() % width * layer.stride() - layer.padding();
            int top = i / layer.out() / width % height * layer.stride() - layer.padding();
            int image = i / layer.out() / width / height;
            float sum = bias[channel];
            for (int point = 0; point < points; point++) {
                int y = top + point / kernel;
                int x = left + point % kernel;
                if (y >= 0 && y < layer.height() && x >= 0 && x < layer.width()) {
                    int from = ((image * layer.height() + y) * layer.width() + x) * layer.in();
                    for (int c = 0; c < layer.in(); c++) {
                        sum += maps[from + c] * weights[(channel * layer.in() + c) * points + point];
                    }
                }
            }
            results[i] = sum;
        }
        return results;
    }
}
