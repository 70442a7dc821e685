package io.github.mgn4j.eval;

import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.image.ActivationMap;
import io.github.mgn4j.image.RgbImage;
import io.github.mgn4j.spec.Branch;
import io.github.mgn4j.spec.FeaturePart;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Shows which places of an image the features of each branch depend on: paints over one tile after the other, and measures how
 * far the branch's features move (occlusion sensitivity, Zeiler and Fergus, "Visualizing and Understanding Convolutional
 * Networks", ECCV 2014, section 4.2).
 *
 * <p>Unlike the activation of a map's cells, it does not depend on how the map is pooled, and it shows where in the image the
 * cause lies: a cell of a deep map sees a large part of the image, and the cell of a channel's maximum need not lie over what
 * causes it. A map takes as many extractions as it has tiles.
 *
 * <p>As thread-safe as the extractor, which stays open.
 */
public final class OcclusionMaps {
    private static final int ROWS = 12;
    private static final int COLUMNS = 6;

    private final FeatureExtractor extractor;

    private OcclusionMaps(FeatureExtractor extractor) {
        this.extractor = extractor;
    }

    /** Creates maps of the network of an extractor. */
    public static OcclusionMaps of(FeatureExtractor extractor) {
        return new OcclusionMaps(extractor);
    }

    /**
     * Returns a map for every branch, in the network's order, of 12 rows and 6 columns, or fewer if the image has fewer pixels.
     * A value is the squared Euclidean distance between the branch's features of the image and those of the image whose tile
     * has the image's mean colour, scaled to a greatest value of 1.
     */
    public List<ActivationMap> compute(RgbImage image) {
        int rows = Math.min(ROWS, image.height());
        int columns = Math.min(COLUMNS, image.width());
        byte[] mean = mean(image);
        List<RgbImage> images = new ArrayList<>();
        images.add(image);
        for (int tile = 0; tile < rows * columns; tile++) {
            images.add(covered(image, tile / columns, rows, tile % columns, columns, mean));
        }
        FeatureMatrix features = extractor.extractImages(images);
        List<Branch> branches = extractor.spec().branches();
        double[][] moved = new double[branches.size()][rows * columns];
        int from = 0;
        for (FeaturePart part : extractor.spec().features()) {
            int dims = part.dims();
            for (int tile = 0; tile < rows * columns; tile++) {
                moved[part.branch()][tile] += squaredDistance(features.row(0), features.row(1 + tile), from, dims);
            }
            from += dims;
        }
        List<ActivationMap> maps = new ArrayList<>();
        for (int b = 0; b < branches.size(); b++) {
            maps.add(map(branches.get(b).name(), rows, columns, moved[b]));
        }
        return maps;
    }

    private static byte[] mean(RgbImage image) {
        byte[] rgb = image.rgb();
        byte[] mean = new byte[RgbImage.CHANNELS];
        int pixels = rgb.length / RgbImage.CHANNELS;
        for (int c = 0; c < mean.length; c++) {
            long sum = 0;
            for (int i = c; i < rgb.length; i += RgbImage.CHANNELS) {
                sum += rgb[i] & 0xff;
            }
            mean[c] = (byte) ((sum + pixels / 2) / pixels);
        }
        return mean;
    }

    private static RgbImage covered(RgbImage image, int row, int rows, int column, int columns, byte[] colour) {
        byte[] rgb = image.rgb().clone();
        for (int y = row * image.height() / rows; y < (row + 1) * image.height() / rows; y++) {
            for (int x = column * image.width() / columns; x < (column + 1) * image.width() / columns; x++) {
                System.arraycopy(colour, 0, rgb, (y * image.width() + x) * RgbImage.CHANNELS, colour.length);
            }
        }
        return new RgbImage(image.width(), image.height(), rgb);
    }

    private static double squaredDistance(float[] a, float[] b, int from, int dims) {
        double sum = 0;
        for (int i = from; i < from + dims; i++) {
            sum += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
        }
        return sum;
    }

    private static ActivationMap map(String branch, int rows, int columns, double[] values) {
        double most = Arrays.stream(values).max().orElse(0);
        float[] scaled = new float[values.length];
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = most > 0 ? (float) (values[i] / most) : 0;
        }
        return ActivationMap.of(branch, rows, columns, scaled);
    }
}
