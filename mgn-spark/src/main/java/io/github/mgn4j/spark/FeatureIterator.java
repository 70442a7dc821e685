package io.github.mgn4j.spark;

import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.image.ImageException;
import io.github.mgn4j.image.RgbImage;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.function.Supplier;
import org.apache.spark.TaskContext;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;
import scala.collection.immutable.ArraySeq;

/**
 * The rows of a partition with their features, in order. Holds at most {@code batch} images and four times as many rows, and no
 * more images than have {@value #MOST_PIXELS} pixels together, or one.
 */
final class FeatureIterator implements Iterator<Row> {
    private static final long MOST_PIXELS = 1 << 24;
    private static final int ROWS_PER_IMAGE = 4;

    private final FeatureTask task;
    private final Iterator<Row> rows;
    private final Supplier<FeatureExtractor> extractor;
    private final Images decoder = new Images();
    private final Queue<Row> ready = new ArrayDeque<>();
    private long read;

    FeatureIterator(FeatureTask task, Iterator<Row> rows, Supplier<FeatureExtractor> extractor) {
        this.task = task;
        this.rows = rows;
        this.extractor = extractor;
    }

    /** A row whose features are computed with the batch, or that has none. */
    private record Pending(
            Row row, boolean hasImage, @Nullable String error) {}

    @Override
    public boolean hasNext() {
        while (ready.isEmpty() && rows.hasNext()) {
            computeBatch();
        }
        return !ready.isEmpty();
    }

    @Override
    public Row next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return ready.remove();
    }

    private void computeBatch() {
        List<RgbImage> images = new ArrayList<>();
        List<Pending> batch = new ArrayList<>();
        long pixels = 0;
        int most = task.settings().batch();
        while (images.size() < most && batch.size() < ROWS_PER_IMAGE * most && pixels < MOST_PIXELS && rows.hasNext()) {
            Pending pending = read(rows.next(), images);
            if (pending.hasImage()) {
                RgbImage image = images.get(images.size() - 1);
                pixels += (long) image.width() * image.height();
            }
            if (pending.error() == null || !task.onError().equals(FeatureTransformer.SKIP)) {
                batch.add(pending);
            }
        }
        FeatureMatrix features = images.isEmpty() ? null : extractor.get().extractImages(images);
        int image = 0;
        for (Pending pending : batch) {
            float[] feature = pending.hasImage() && features != null ? features.row(image++) : null;
            ready.add(output(pending, feature));
        }
    }

    private Pending read(Row row, List<RgbImage> images) {
        read++;
        Object value = row.get(task.input());
        if (value == null) {
            return new Pending(row, false, null);
        }
        String name = name(row, value);
        try {
            images.add(decoder.decode(value, name));
            return new Pending(row, true, null);
        } catch (IOException | IllegalArgumentException e) {
            String reason = Images.reason(name, e);
            if (task.onError().equals(FeatureTransformer.FAIL)) {
                throw new ImageException(reason, e);
            }
            return new Pending(row, false, reason);
        }
    }

    private String name(Row row, Object value) {
        if (value instanceof String path) {
            return path;
        }
        String name = task.name() < 0 ? null : row.getString(task.name());
        return name == null ? "row %d of partition %d".formatted(read - 1, TaskContext.getPartitionId()) : name;
    }

    private Row output(Pending pending, float @Nullable [] feature) {
        Row row = pending.row();
        boolean hasErrors = task.onError().equals(FeatureTransformer.COLUMN);
        @Nullable Object[] values = new @Nullable Object[row.size() + (hasErrors ? 2 : 1)];
        for (int i = 0; i < row.size(); i++) {
            values[i] = row.get(i);
        }
        values[row.size()] = feature == null ? null : value(feature);
        if (hasErrors) {
            values[row.size() + 1] = pending.error();
        }
        return RowFactory.create(values);
    }

    private Object value(float[] feature) {
        if (!task.vector()) {
            return ArraySeq.unsafeWrapArray(feature);
        }
        double[] wide = new double[feature.length];
        Arrays.setAll(wide, i -> feature[i]);
        return Vectors.dense(wide);
    }
}
