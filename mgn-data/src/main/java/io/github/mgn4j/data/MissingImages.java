package io.github.mgn4j.data;

/** Collects images that a list names but nobody finds, so that an error can say how much is missing. */
final class MissingImages {
    private String first = "";
    private int count;

    void add(String where, String image) {
        if (count++ == 0) {
            first = where + ": no such image: " + image;
        }
    }

    /**
     * Refuses a list of which something is missing.
     *
     * @param listed how many images it names
     */
    void check(int listed) {
        DatasetException.check(
                count == 0, "%s%s", first, count > 1 ? " (" + count + " of " + listed + " listed are missing)" : "");
    }
}
