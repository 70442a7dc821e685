package io.github.mgn4j.spark;

import io.github.mgn4j.extract.FeatureExtractor;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.resource.ResourceInformation;
import org.apache.spark.sql.Row;
import org.apache.spark.util.TaskCompletionListener;
import org.jspecify.annotations.Nullable;

/**
 * Computes the features of a partition, on an executor.
 *
 * @param settings the extractor's; a negative device stands for the one that Spark assigns to the task
 * @param input index of the column of bytes or paths
 * @param name index of the column that names images in messages, or -1
 * @param onError {@link FeatureTransformer#FAIL}, {@link FeatureTransformer#SKIP} or {@link FeatureTransformer#COLUMN}
 * @param vector whether features are ML vectors
 */
record FeatureTask(ExtractorSettings settings, int input, int name, String onError, boolean vector)
        implements MapPartitionsFunction<Row, Row> {
    private static final long serialVersionUID = 1L;

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
        int device = settings.device() >= 0
                ? settings.device()
                : gpu(TaskContext.get().resourcesJMap());
        return new FeatureIterator(this, rows, new Lease(settings.withDevice(device)));
    }

    /**
     * Returns the index of the task's GPU, as Spark's resource scheduling assigns it; 0 without that.
     *
     * @throws IllegalArgumentException if the address of the GPU is no index
     */
    static int gpu(Map<String, ResourceInformation> resources) {
        ResourceInformation gpus = resources.get("gpu");
        if (gpus == null || gpus.addresses().length == 0) {
            return 0;
        }
        String address = gpus.addresses()[0];
        try {
            return Integer.parseUnsignedInt(address.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "Spark's GPU address '%s' is no index such as 0: let spark.executor.resource.gpu.discoveryScript print indices, or name one by setDevice"
                            .formatted(address),
                    e);
        }
    }

    /** The extractor, borrowed when a partition has its first image and given back when the task ends, however it ends. */
    private static final class Lease implements Supplier<FeatureExtractor> {
        private final ExtractorSettings settings;
        private @Nullable FeatureExtractor extractor;

        Lease(ExtractorSettings settings) {
            this.settings = settings;
        }

        @Override
        public FeatureExtractor get() {
            if (extractor == null) {
                extractor = SharedExtractors.acquire(settings);
                TaskCompletionListener end = context -> SharedExtractors.release(settings);
                TaskContext.get().addTaskCompletionListener(end);
            }
            return extractor;
        }
    }
}
