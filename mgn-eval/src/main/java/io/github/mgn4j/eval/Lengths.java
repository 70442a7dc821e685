package io.github.mgn4j.eval;

import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.engine.internal.Bf16;
import java.util.Arrays;
import java.util.stream.IntStream;

/** How long the features of a set are, less a mean, and how far the values that are multiplied are from them. */
final class Lengths {
    private final double[] lengths;
    private final double[] errors;

    private Lengths(double[] lengths, double[] errors) {
        this.lengths = lengths;
        this.errors = errors;
    }

    /** Computes the lengths of features less {@code mean}, and of the errors of their values as rounded to {@code precision}. */
    static Lengths of(Rows features, float[] mean, Precision precision) {
        double[] lengths = new double[features.size()];
        double[] errors = new double[features.size()];
        IntStream.range(0, lengths.length).parallel().forEach(i -> {
            float[] array = features.array(i);
            int offset = features.offset(i);
            lengths[i] = length(array, offset, mean);
            errors[i] = precision == Precision.BF16 ? error(array, offset, mean) : 0;
        });
        return new Lengths(lengths, errors);
    }

    private static double length(float[] array, int offset, float[] mean) {
        double squares = 0;
        for (int d = 0; d < mean.length; d++) {
            double value = array[offset + d] - mean[d];
            squares += value * value;
        }
        return Math.sqrt(squares);
    }

    private static double error(float[] array, int offset, float[] mean) {
        double squares = 0;
        for (int d = 0; d < mean.length; d++) {
            float value = array[offset + d] - mean[d];
            double error = value - Bf16.round(value);
            squares += error * error;
        }
        return Math.sqrt(squares);
    }

    /** Returns these lengths without errors. */
    Lengths exact() {
        return new Lengths(lengths, new double[lengths.length]);
    }

    int size() {
        return lengths.length;
    }

    double length(int row) {
        return lengths[row];
    }

    double error(int row) {
        return errors[row];
    }

    double longest() {
        return Arrays.stream(lengths).max().orElse(0);
    }

    double largestError() {
        return Arrays.stream(errors).max().orElse(0);
    }
}
