package io.github.mgn4j.cudnn;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mgn4j.cudnn.Program.Convolution;
import io.github.mgn4j.cudnn.Program.Op;
import io.github.mgn4j.cudnn.Program.PoolBands;
import io.github.mgn4j.cudnn.Program.View;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.fixtures.NaiveNetwork;
import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.Branch;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.Pooling;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The lowered network, interpreted, is the network; each number format costs what it should and no more. */
class LoweringTest {
    /** Networks of many kinds, the same in every run: sizes that are no multiples of anything among them. */
    static Stream<MgnSpec> specs() {
        return IntStream.range(0, 12).mapToObj(LoweringTest::spec);
    }

    static MgnSpec spec(int seed) {
        Random random = new Random(seed);
        int[] depths = {18, 34, 50};
        int stage = 1 + random.nextInt(4);
        List<List<Branch>> heads = List.of(
                List.of(Branch.globalOnly(), Branch.part(2), Branch.part(3)),
                List.of(Branch.part(2)),
                List.of(Branch.globalOnly()),
                List.of(new Branch(true, List.of(2, 3), new TreeSet<>(Set.of(4))), Branch.globalOnly()));
        return MgnSpec.builder()
                .backbone(depths[random.nextInt(3)], 1.0 / 16)
                .input(stage == 4 ? 192 : 96, 32 + random.nextInt(20))
                .splitAfter(stage, 1)
                .branches(
                        (stage == 4 ? List.of(Branch.globalOnly(), Branch.globalOnly()) : heads.get(random.nextInt(4)))
                                .toArray(new Branch[0]))
                .pooling(random.nextBoolean() ? Pooling.MAX : Pooling.AVG)
                .embedding(random.nextInt(4) == 0 ? 0 : 8 + random.nextInt(30))
                .classes(2)
                .build();
    }

    static Model model(MgnSpec spec) {
        return ReferenceWeights.model(spec);
    }

    static double[][][] image(MgnSpec spec, int index) {
        int height = spec.input().height();
        int width = spec.input().width();
        float[] values = ReferenceWeights.images(index + 1, height, width);
        double[][][] image = new double[3][height][width];
        for (int c = 0; c < 3; c++) {
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    image[c][y][x] = values[((index * 3 + c) * height + y) * width + x];
                }
            }
        }
        return image;
    }

    @ParameterizedTest
    @MethodSource("specs")
    void theProgramIsTheNetwork(MgnSpec spec) {
        double[] expected = NaiveNetwork.features(model(spec), image(spec, 0));
        NumberFormats formats = NumberFormats.of(Precision.FP32, null);
        float[] found = Interpreter.features(model(spec), Lowering.lower(spec, false), formats, image(spec, 0));
        assertThat(apart(found, expected)).isLessThan(2e-6);
        assertThat(cosine(found, expected)).isGreaterThan(0.9999999);
    }

    @ParameterizedTest
    @CsvSource({"FP16, 0.999995", "BF16, 0.9997", "INT8, 0.995", "FP8, 0.99"})
    void shortFormatsKeepTheDirectionOfFeatures(Precision precision, double least) {
        double worst = 1;
        for (int seed = 0; seed < 12; seed++) {
            MgnSpec spec = spec(seed);
            Model model = model(spec);
            double[] expected = NaiveNetwork.features(model, image(spec, 0));
            NumberFormats formats = NumberFormats.of(
                    precision, Interpreter.ranges(model, image(spec, 0), image(spec, 1), image(spec, 2)));
            float[] found = Interpreter.features(model, Lowering.lower(spec, true), formats, image(spec, 0));
            worst = Math.min(worst, cosine(found, expected));
        }
        assertThat(worst).isGreaterThan(least).isLessThan(0.99999999);
    }

    @ParameterizedTest
    @MethodSource("specs")
    void aFusedStemIsItsTwoSteps(MgnSpec spec) {
        NumberFormats formats = NumberFormats.of(Precision.FP16, null);
        float[] fused = Interpreter.features(model(spec), Lowering.lower(spec, true), formats, image(spec, 0));
        float[] apart = Interpreter.features(model(spec), Lowering.lower(spec, false), formats, image(spec, 0));
        assertThat(fused).isEqualTo(apart);
    }

    @ParameterizedTest
    @MethodSource("specs")
    void whatAnOperationReadsIsWrittenBefore(MgnSpec spec) {
        for (boolean fused : new boolean[] {false, true}) {
            Program program = Lowering.lower(spec, fused);
            Set<Program.Value> written = new HashSet<>();
            int lane = 0;
            for (Op op : program.ops()) {
                for (View view : op.inputs()) {
                    assertThat(written).contains(view.value());
                    assertThat(view.first() + view.channels())
                            .isLessThanOrEqualTo(view.value().channels());
                }
                if (op.output() != null) {
                    assertThat(written.add(op.output())).isTrue();
                    assertThat(op.output().channels() % Program.ALIGNMENT)
                            .isEqualTo(op instanceof Program.Pack ? 12 : 0);
                }
                assertThat(op.lane() >= lane || op instanceof Program.Head).isTrue(); // the trunk first
                lane = Math.min(op.lane(), 1);
            }
            assertThat(program.values()).containsExactlyInAnyOrderElementsOf(written);
        }
    }

    @Test
    void theArticlesBranchesBeginWithOneConvolution() {
        Program program = Lowering.lower(MgnSpec.mgn(2), true);
        List<Convolution> joint = program.ops().stream()
                .filter(Convolution.class::isInstance)
                .map(Convolution.class::cast)
                .filter(c -> c.layers().size() > 1)
                .toList();
        assertThat(joint).hasSize(1);
        assertThat(joint.get(0).output().channels()).isEqualTo(3 * 256);
        assertThat(joint.get(0).lane()).isZero();
        assertThat(program.lanes()).isEqualTo(4);
        // One reading of each last map serves its whole and its stripes.
        assertThat(program.ops().stream().filter(PoolBands.class::isInstance).map(op -> ((PoolBands) op).bounds()))
                .containsExactly(List.of(0, 12), List.of(0, 12, 24), List.of(0, 8, 16, 24));
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void roundingIsToTheNearestNumberThatBitsCanSay(Format format) {
        Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            double x = (random.nextGaussian() * Math.pow(2, random.nextInt(40) - 25));
            double rounded = format.round(x);
            assertThat(format.round(rounded)).isEqualTo(rounded);
            if (Double.isFinite(rounded)) {
                assertThat(value(format, format.bits(rounded))).isEqualTo(rounded);
            }
            if (format == Format.F32) {
                assertThat((float) rounded).isEqualTo((float) x);
            }
        }
        assertThat(format.round(1e9))
                .isEqualTo(format == Format.F16 ? Double.POSITIVE_INFINITY : Math.min(1e9, format.round(1e9)));
        assertThat(Format.E4M3.round(1e9)).isEqualTo(448);
        assertThat(Format.S8.round(-1e9)).isEqualTo(-128);
        assertThat(Format.F16.bits(1)).isEqualTo(0x3c00);
        assertThat(Format.F16.bits(Math.scalb(1.0, -24))).isEqualTo(1);
        assertThat(Format.E4M3.bits(-448)).isEqualTo(0xfe);
        assertThat(Format.BF16.bits(-2)).isEqualTo(0xc000);
    }

    /** The number that bits stand for, by the formats' definitions. */
    private static double value(Format format, int bits) {
        return switch (format) {
            case F32 -> Float.intBitsToFloat(bits);
            case BF16 -> Float.intBitsToFloat(bits << 16);
            case S8 -> (byte) bits;
            case F16 -> value(bits, 10, 15, 15);
            case E4M3 -> value(bits, 3, 7, 7);
        };
    }

    private static double value(int bits, int mantissa, int bias, int signBit) {
        int exponent = bits >> mantissa & (1 << (signBit - mantissa)) - 1;
        int fraction = bits & (1 << mantissa) - 1;
        double magnitude = exponent == 0
                ? Math.scalb((double) fraction, 1 - bias - mantissa)
                : Math.scalb((double) (fraction | 1 << mantissa), exponent - bias - mantissa);
        return (bits >> signBit & 1) == 1 ? -magnitude : magnitude;
    }

    static double apart(float[] found, double[] expected) {
        assertThat(found).hasSameSizeAs(expected);
        double apart = 0;
        double largest = 0;
        for (int i = 0; i < found.length; i++) {
            apart = Math.max(apart, Math.abs(found[i] - expected[i]));
            largest = Math.max(largest, Math.abs(expected[i]));
        }
        return apart / largest;
    }

    static double cosine(float[] a, double[] b) {
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            ab += a[i] * b[i];
            aa += (double) a[i] * a[i];
            bb += b[i] * b[i];
        }
        return ab / Math.sqrt(aa * bb);
    }
}
