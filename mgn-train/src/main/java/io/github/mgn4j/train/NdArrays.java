package io.github.mgn4j.train;

import com.google.common.primitives.ImmutableIntArray;
import io.github.mgn4j.loss.ObjectiveGraph;
import io.github.mgn4j.samediff.internal.TrainingGraph;
import java.nio.FloatBuffer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.environment.Nd4jEnvironment;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.Axpy;
import org.nd4j.linalg.factory.Nd4j;

/** Array operations that ND4J lacks. */
final class NdArrays {
    private NdArrays() {}

    /** Computes {@code target += factor * addend} without a temporary array. */
    static void addScaled(INDArray target, double factor, INDArray addend) {
        if (factor != 0) {
            Nd4j.getExecutioner().exec(new Axpy(addend, target, target, factor));
        }
    }

    /**
     * Scales arrays down together, in place, to at most a total Euclidean norm, like PyTorch's {@code clip_grad_norm_}.
     *
     * @return the norm before scaling; if it is not finite, nothing is changed
     */
    static double clip(Collection<INDArray> arrays, double maxNorm) {
        double squares = 0;
        for (INDArray array : arrays) {
            double norm = array.norm2Number().doubleValue();
            squares += norm * norm;
        }
        double norm = Math.sqrt(squares);
        double factor = maxNorm / (norm + 1e-6);
        if (factor < 1 && Double.isFinite(norm)) {
            arrays.forEach(array -> array.muli(factor));
        }
        return norm;
    }

    /** Fills the array from the buffer. */
    static void fill(INDArray array, FloatBuffer values) {
        if (array.dataType() == DataType.FLOAT) {
            array.data().asNioFloat().put(values.duplicate());
        } else {
            float[] copy = new float[values.remaining()];
            values.duplicate().get(copy);
            try (INDArray floats = Nd4j.createFromArray(copy)) {
                array.assign(floats.reshape(array.shape()));
            }
        }
    }

    /** Returns the first batch norm with statistics that are NaN or infinite. */
    static Optional<String> brokenNorm(TrainingGraph graph, Map<String, INDArray> outputs) {
        return graph.statistics().stream()
                .filter(s -> !isFinite(named(outputs, s.mean())) || !isFinite(named(outputs, s.variance())))
                .map(TrainingGraph.BatchStatistics::norm)
                .findFirst();
    }

    private static boolean isFinite(INDArray array) {
        return Double.isFinite(array.sumNumber().doubleValue());
    }

    /** Writes 1 at each image's class and 0 elsewhere. */
    static void oneHot(INDArray array, ImmutableIntArray labels) {
        array.assign(0);
        for (int i = 0; i < labels.length(); i++) {
            array.putScalar(i, labels.get(i), 1);
        }
    }

    /** Reads the values of an objective from a graph's outputs. */
    static Gradients.Losses losses(ObjectiveGraph objective, Map<String, INDArray> outputs) {
        Map<String, Double> terms = new LinkedHashMap<>();
        objective.terms().forEach((term, name) -> terms.put(term, value(outputs, name)));
        return new Gradients.Losses(
                value(outputs, objective.total()),
                value(outputs, objective.softmax()),
                value(outputs, objective.triplet()),
                terms);
    }

    private static double value(Map<String, INDArray> outputs, String name) {
        return named(outputs, name).getDouble(0);
    }

    static <T> T named(Map<String, T> arrays, String name) {
        return Objects.requireNonNull(arrays.get(name), () -> "no array named '" + name + "'");
    }

    /** Frees an array's memory if the array owns it. */
    static void close(INDArray array) {
        if (array.closeable() && !array.wasClosed()) {
            array.close();
        }
    }

    /** Returns the number of OpenMP threads that ND4J uses; 0 on a GPU, where there are none. */
    static int threads() {
        Object threads =
                Nd4j.getExecutioner().getEnvironmentInformation().getOrDefault(Nd4jEnvironment.OMP_THREADS_KEY, 0);
        return threads instanceof Number number ? number.intValue() : 0;
    }
}
