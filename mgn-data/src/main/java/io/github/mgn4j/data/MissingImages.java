package io.github.mgn4j.data;

/** Collects images that are listed but missing, so that an error can state their number. */
final class MissingImages {
    private String first = "";
    private int count;

    void add(String where, String image) {
        if (count++ == 0) {
            first = where + ": no such image: " + image;
        }
    }

    /**
     * Rejects a list with missing images.
     *
     * @param listed number of images in the list
     */
    void check(int listed) {
        DatasetException.check(
                count == 0, "%s%s", first, count > 1 ? " (" + count + " of " + listed + " listed are missing)" : "");
    }
}
