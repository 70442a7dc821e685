package io.github.mgn4j.image;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads labels from file names as in Market-1501: {@code 0002_c1s1_000451_03.jpg} is person 2 under camera 1,
 * {@code 0000_c...} a distractor, {@code -1_c...} junk. Numbers have at most nine digits. DukeMTMC-reID, CUHK03-NP and VeRi
 * use the same names.
 */
public final class MarketName {
    // Nine digits always fit an int.
    private static final Pattern NAME = Pattern.compile("(-1|\\d{1,9})_c(\\d{1,9})(?!\\d).*", Pattern.DOTALL);

    private static final Pattern TOO_LONG = Pattern.compile("(\\d{10,}_c\\d|\\d+_c\\d{10}).*", Pattern.DOTALL);

    private MarketName() {}

    /**
     * Returns the image that a file name describes.
     *
     * @param folder the folder of the file
     * @param fileName the name without the folder
     * @return empty if the name is not of this kind
     */
    public static Optional<ReidImage> parse(Path folder, String fileName) {
        Matcher matcher = NAME.matcher(fileName);
        return matcher.matches()
                ? Optional.of(new ReidImage(
                        folder, fileName, Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))))
                : Optional.empty();
    }

    /** Returns whether a file name would be of this kind if one of its numbers were not too long. */
    public static boolean isTooLong(String fileName) {
        return TOO_LONG.matcher(fileName).matches();
    }
}
