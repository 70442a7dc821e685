package io.github.mgn4j.eval;

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

/**
 * How much of a branch's activation lies on the persons of some images. A branch that responds everywhere alike has {@code
 * area} as its share; below it, the branch responds to the background more than to the person.
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

    /**
     * Returns the share of each branch, in the order of the maps; empty if there are no images.
     *
     * @param images images with masks
     * @param masks source of their masks
     * @param maps computes the maps of an image, such as {@code ActivationMaps::compute}; the same branches for each
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

    /** Returns a text such as "global 62 %, part-2 55 %, part-3 58 % on the person, who covers 31 % of the image". */
    public static String text(List<AttentionShare> shares) {
        StringBuilder text = new StringBuilder();
        double area = 0;
        for (AttentionShare share : shares) {
            text.append(text.isEmpty() ? "" : ", ")
                    .append(share.branch())
                    .append(' ')
                    .append(percent(share.onPerson()));
            area += share.area() / shares.size();
        }
        return text + " on the person, who covers " + percent(area) + " of the image";
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * share);
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
