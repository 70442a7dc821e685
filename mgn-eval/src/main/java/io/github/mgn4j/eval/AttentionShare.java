package io.github.mgn4j.eval;

import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.data.synth.SyntheticMasks;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.image.ActivationMap;
import io.github.mgn4j.image.ImageDecoder;
import io.github.mgn4j.image.PersonMask;
import io.github.mgn4j.image.ReidImage;
import io.github.mgn4j.image.RgbImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How much of a branch's maps lies on the persons of some images. A branch whose map is the same everywhere has {@code area} as
 * its share; below it, the branch depends on the background more than on the person. The maps of {@link OcclusionMaps} show
 * what the features depend on; those of the activation of a deep layer's cells do not, because each cell sees a large part of
 * the image.
 *
 * @param branch name of the branch, as its maps have it
 * @param onPerson mean over the images of {@link PersonMask#share}, 0 to 1; NaN if no image has one
 * @param area mean share of these images that their persons cover, 0 to 1; NaN if no image has a share
 * @param images number of images with a share: those whose map is not 0 everywhere
 */
public record AttentionShare(String branch, double onPerson, double area, int images) {
    /** Source of the mask of an image, such as {@code SyntheticMasks::read}. */
    @FunctionalInterface
    public interface Masks {
        /**
         * Returns the mask of an image.
         *
         * @throws IOException if it cannot be read
         */
        PersonMask read(ReidImage image) throws IOException;
    }

    /** Number of queries, spread over all: each takes as many extractions as an occlusion map has tiles. */
    private static final int QUERIES = 32;

    /**
     * Returns how much of what each branch's features depend on lies on the persons of a data set's queries, by {@link
     * OcclusionMaps} of 32 queries spread over all; empty if the data set has no masks.
     *
     * @throws IOException if an image or a mask cannot be read
     */
    public static List<AttentionShare> ofQueries(FeatureExtractor extractor, ReidDataset dataset) throws IOException {
        SyntheticMasks masks = SyntheticMasks.of(dataset.root()).orElse(null);
        if (masks == null) {
            return List.of();
        }
        List<ReidImage> queries = dataset.query();
        int count = Math.min(QUERIES, queries.size());
        List<ReidImage> some = IntStream.range(0, count)
                .mapToObj(i -> queries.get((int) ((long) i * queries.size() / count)))
                .toList();
        return of(some, masks::read, OcclusionMaps.of(extractor)::compute);
    }

    /**
     * Returns the share of each branch, in the order of the maps; empty if there are no images.
     *
     * @param images images with masks
     * @param masks source of their masks
     * @param maps computes the maps of an image, such as {@code OcclusionMaps::compute}; the same branches for each
     * @throws IOException if an image or a mask cannot be read
     */
    public static List<AttentionShare> of(
            List<ReidImage> images, Masks masks, Function<RgbImage, List<ActivationMap>> maps) throws IOException {
        List<Sum> sums = new ArrayList<>();
        for (ReidImage image : images) {
            PersonMask mask = masks.read(image);
            List<ActivationMap> computed = maps.apply(ImageDecoder.decode(image.path()));
            for (int b = 0; b < computed.size(); b++) {
                if (b == sums.size()) {
                    sums.add(new Sum(computed.get(b).branch()));
                }
                sums.get(b).add(mask, computed.get(b));
            }
        }
        return sums.stream().map(Sum::mean).toList();
    }

    /**
     * Returns a text such as "global 62 %, part-2 55 %, part-3 58 % on the person, who covers 31 % of the image"; a branch that
     * depends on nothing has a dash.
     */
    public static String text(List<AttentionShare> shares) {
        String branches = shares.stream()
                .map(share -> share.branch() + " " + percent(share.onPerson()))
                .collect(Collectors.joining(", "));
        double area = shares.stream()
                .filter(share -> share.images() > 0)
                .mapToDouble(AttentionShare::area)
                .average()
                .orElse(Double.NaN);
        return branches + " on the person, who covers " + percent(area) + " of the image";
    }

    private static String percent(double share) {
        return Double.isNaN(share) ? "\u2013" : String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }

    private static final class Sum {
        private final String branch;
        private double shares;
        private double areas;
        private int count;

        Sum(String branch) {
            this.branch = branch;
        }

        void add(PersonMask mask, ActivationMap map) {
            OptionalDouble share = mask.share(map);
            if (share.isPresent()) {
                shares += share.getAsDouble();
                areas += mask.area();
                count++;
            }
        }

        AttentionShare mean() {
            return new AttentionShare(branch, shares / count, areas / count, count);
        }
    }
}
