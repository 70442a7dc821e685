package io.github.mgn4j.samediff.internal.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Computes the gradients of sum, difference and product of a matrix and a row (or of two arrays of one shape). The incoming
 * gradient is not copied, and sums over the rows are matrix products with rows of ones, many times faster than ND4J's
 * reductions.
 */
final class RowBroadcast implements Rule {
    @Override
    public @Nullable List<Step> rewrite(Step step, Rewriter rewriter) {
        String name = step.op().opName();
        boolean product = name.equals("multiply_bp");
        if (!product && !name.equals("add_bp") && !name.equals("subtract_bp")) {
            return null;
        }
        Value a = step.inputs().get(0);
        Value b = step.inputs().get(1);
        Value dy = step.inputs().get(2);
        if (!Arrays.equals(a.shape, dy.shape) || !isRowOf(b, a)) {
            return name.equals("add_bp") ? sumOfOneShape(step, rewriter, a, b, dy) : null;
        }
        List<Step> steps = new ArrayList<>();
        Value da = step.outputs().get(0);
        if (rewriter.isRead(da)) {
            if (product) {
                steps.add(Steps.times(step, dy, b, da));
            } else if (!rewriter.substitute(da, dy)) {
                return null;
            }
        }
        Value db = step.outputs().get(1);
        if (rewriter.isRead(db)) {
            Value summand = dy;
            if (product) {
                summand = rewriter.temporary(step, dy.type, dy.shape);
                steps.add(Steps.times(step, dy, a, summand));
            }
            sumOfRows(step, rewriter, name.equals("subtract_bp") ? -1 : 1, summand, db, steps);
        }
        return steps;
    }

    private static void sumOfRows(
            Step step, Rewriter rewriter, double sign, Value matrix, Value sum, List<Step> steps) {
        long rows = matrix.shape[0];
        long columns = matrix.shape[1];
        Value sums = matrix;
        while (rows > 1) {
            long size = RowGroups.size(rows);
            rows /= size;
            Value grouped = rewriter.temporary(step, matrix.type, size, rows * columns);
            Value smaller = rows == 1 ? sum : rewriter.temporary(step, matrix.type, 1, rows * columns);
            steps.add(Steps.view(step, sums, grouped));
            Value ones = rewriter.row(rows == 1 ? sign : 1, size, matrix.type);
            steps.add(Steps.product(step, ones, false, grouped, false, smaller));
            sums = smaller;
        }
    }

    private static boolean isRowOf(Value row, Value matrix) {
        return matrix.shape.length == 2
                && row.shape.length == 2
                && row.shape[0] == 1
                && matrix.shape[0] > 1
                && row.shape[1] == matrix.shape[1];
    }

    private static @Nullable List<Step> sumOfOneShape(Step step, Rewriter rewriter, Value a, Value b, Value dy) {
        boolean oneShape = Arrays.equals(a.shape, dy.shape) && Arrays.equals(b.shape, dy.shape);
        if (!oneShape) {
            return null;
        }
        Value da = step.outputs().get(0);
        Value db = step.outputs().get(1);
        return rewriter.substitute(da, dy) && rewriter.substitute(db, dy) ? List.of() : null;
    }
}
