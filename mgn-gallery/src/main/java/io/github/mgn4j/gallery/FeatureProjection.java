package io.github.mgn4j.gallery;

import static io.github.mgn4j.gallery.GalleryException.check;

import io.github.mgn4j.checkpoint.Safetensors;
import io.github.mgn4j.checkpoint.TensorFile;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.model.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * A projection of features to fewer dimensions by principal component analysis: {@code (feature - mean) x components}, each
 * component at unit length, optionally divided by its standard deviation (whitened). For stores that take fewer dimensions, and for
 * galleries that shall be smaller. Immutable and thread-safe.
 *
 * <pre>{@code
 * FeatureProjection projection = FeatureProjection.fit(sample, 256, false);
 * projection.save(Path.of("pca.safetensors"));
 * FeatureMatrix small = projection.apply(features);
 * }</pre>
 */
public final class FeatureProjection {
    private static final String METADATA = "mgn.projection";
    private static final String VERSION = "1";

    private final float[] mean;
    private final float[][] components;
    private final double explained;

    private FeatureProjection(float[] mean, float[][] components, double explained) {
        this.mean = mean;
        this.components = components;
        this.explained = explained;
    }

    /**
     * Fits a projection. The eigenvectors of the covariance take time with the cube of the dims: a minute or two for 2048.
     *
     * @param sample features like those to project, better ten times as many as their dims
     * @param dims number of dimensions to keep
     * @param whiten whether to divide by the standard deviations, which makes all dimensions equally important
     * @throws GalleryException if there are fewer than 2 features, or {@code dims} is below 1, above that of the sample, or above
     *     the number of dimensions in which the sample varies
     */
    public static FeatureProjection fit(FeatureMatrix sample, int dims, boolean whiten) {
        check(sample.rows() >= 2, "a projection is fitted on at least 2 features, not %d", sample.rows());
        check(dims >= 1 && dims <= sample.dims(), "dims must be 1 to %d, not %d", sample.dims(), dims);
        double[] mean = mean(sample);
        RealMatrix covariance = covariance(sample, mean);
        EigenDecomposition eigen = new EigenDecomposition(covariance);
        double[] variances = eigen.getRealEigenvalues(); // in descending order
        check(
                !whiten || variances[dims - 1] > 1e-10 * variances[0],
                "the sample varies in fewer than %d dimensions, in which whitening divides by 0",
                dims);
        float[][] components = new float[dims][sample.dims()];
        double kept = 0;
        for (int i = 0; i < dims; i++) {
            double[] vector = eigen.getEigenvector(i).toArray();
            double factor = sign(vector) / (whiten ? Math.sqrt(variances[i]) : 1);
            for (int d = 0; d < vector.length; d++) {
                components[i][d] = (float) (vector[d] * factor);
            }
            kept += Math.max(0, variances[i]);
        }
        float[] rounded = new float[mean.length];
        for (int d = 0; d < mean.length; d++) {
            rounded[d] = (float) mean[d];
        }
        double total = covariance.getTrace();
        return new FeatureProjection(rounded, components, total == 0 ? 1 : Math.min(1, kept / total));
    }

    private static double[] mean(FeatureMatrix sample) {
        double[] mean = new double[sample.dims()];
        for (int i = 0; i < sample.data().length; i++) {
            mean[i % mean.length] += sample.data()[i];
        }
        for (int d = 0; d < mean.length; d++) {
            mean[d] /= sample.rows();
        }
        return mean;
    }

    private static RealMatrix covariance(FeatureMatrix sample, double[] mean) {
        int dims = mean.length;
        double[][] covariance = new double[dims][dims];
        IntStream.range(0, dims).parallel().forEach(a -> {
            double[] row = covariance[a];
            for (int i = 0; i < sample.rows(); i++) {
                int at = i * dims;
                double value = sample.data()[at + a] - mean[a];
                for (int b = a; b < dims; b++) {
                    row[b] += value * (sample.data()[at + b] - mean[b]);
                }
            }
        });
        for (int a = 0; a < dims; a++) {
            for (int b = a; b < dims; b++) {
                covariance[a][b] /= sample.rows() - 1;
                covariance[b][a] = covariance[a][b];
            }
        }
        return new Array2DRowRealMatrix(covariance, false);
    }

    /** Returns the sign of the value that is largest in size: a component's own sign means nothing. */
    private static double sign(double[] vector) {
        double largest = 0;
        for (double value : vector) {
            largest = Math.abs(value) > Math.abs(largest) ? value : largest;
        }
        return largest < 0 ? -1 : 1;
    }

    /** Returns the length of the features that are projected. */
    public int inputDims() {
        return mean.length;
    }

    /** Returns the length of projected features. */
    public int dims() {
        return components.length;
    }

    /** Returns the fraction of the sample's variance that the projection keeps. */
    public double explained() {
        return explained;
    }

    /**
     * Returns projected features {@code [rows, dims]}.
     *
     * @throws GalleryException if the features have another length
     */
    public FeatureMatrix apply(FeatureMatrix features) {
        check(
                features.dims() == mean.length,
                "features of %d dims cannot be projected, expected %d",
                features.dims(),
                mean.length);
        float[] projected = new float[Math.multiplyExact(features.rows(), dims())];
        IntStream.range(0, features.rows()).parallel().forEach(i -> project(features, i, projected));
        return FeatureMatrix.of(projected, features.rows(), dims());
    }

    private void project(FeatureMatrix features, int row, float[] into) {
        double[] centred = new double[mean.length];
        for (int d = 0; d < centred.length; d++) {
            centred[d] = features.data()[row * mean.length + d] - (double) mean[d];
        }
        for (int i = 0; i < components.length; i++) {
            double sum = 0;
            for (int d = 0; d < centred.length; d++) {
                sum += centred[d] * components[i][d];
            }
            into[row * components.length + i] = (float) sum;
        }
    }

    /** Returns a projected feature. */
    public float[] apply(float[] feature) {
        check(feature.length > 0, "the feature is empty, expected %d values", mean.length);
        return apply(FeatureMatrix.ofRows(feature)).row(0);
    }

    /**
     * Writes the projection as a safetensors file: {@code mean} and {@code components}, {@code [dims, inputDims]}; whitening is part
     * of the components. The file appears complete or not at all.
     *
     * @throws IOException if the file cannot be written
     */
    public void save(Path file) throws IOException {
        float[] all = new float[components.length * mean.length];
        for (int i = 0; i < components.length; i++) {
            System.arraycopy(components[i], 0, all, i * mean.length, mean.length);
        }
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("mean", Tensor.of(mean, mean.length));
        tensors.put("components", Tensor.of(all, components.length, mean.length));
        Safetensors.write(file, tensors, Map.of(METADATA, VERSION, METADATA + ".explained", String.valueOf(explained)));
    }

    /**
     * Reads a projection.
     *
     * @throws GalleryException if the file holds none
     * @throws io.github.mgn4j.model.WeightsException if it is no safetensors file
     * @throws IOException if the file cannot be read
     */
    public static FeatureProjection load(Path file) throws IOException {
        TensorFile read = Safetensors.read(file);
        String version = read.metadata().getOrDefault(METADATA, "");
        check(!version.isEmpty(), "%s: is no projection, expected one that FeatureProjection.save wrote", file);
        check(
                VERSION.equals(version),
                "%s: has version %s, expected %s: a newer mgn4j wrote it",
                file,
                version,
                VERSION);
        Tensor mean = tensor(file, read, "mean", 1);
        Tensor components = tensor(file, read, "components", 2);
        int dims = components.shape()[0];
        int inputDims = components.shape()[1];
        check(
                mean.size() == inputDims && dims >= 1 && inputDims >= 1,
                "%s: is damaged: a mean of %d values and components of %d",
                file,
                mean.size(),
                inputDims);
        float[] all = components.toArray();
        float[][] rows = new float[dims][inputDims];
        for (int i = 0; i < dims; i++) {
            System.arraycopy(all, i * inputDims, rows[i], 0, inputDims);
        }
        return new FeatureProjection(
                mean.toArray(), rows, explained(file, read.metadata().getOrDefault(METADATA + ".explained", "")));
    }

    private static Tensor tensor(Path file, TensorFile read, String name, int axes) {
        Tensor tensor = read.tensors().get(name);
        if (tensor == null
                || tensor.shape().length != axes
                || tensor.firstNotFinite().isPresent()) {
            throw GalleryException.of("%s: is damaged: expected the tensor '%s' of %d axes, finite", file, name, axes);
        }
        return tensor;
    }

    private static double explained(Path file, String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw GalleryException.of("%s: is damaged: the explained variance is '%s'", file, text);
        }
    }
}
