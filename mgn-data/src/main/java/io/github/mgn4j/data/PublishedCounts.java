package io.github.mgn4j.data;

/**
 * Counts that the publishers of a data set state.
 *
 * @param variant the data set's name, with its variant where there are several
 */
public record PublishedCounts(String variant, Split train, Split query, Split gallery) {
    /**
     * Counts of one split.
     *
     * @param images all of them, distractors and junk included
     * @param identities distinct persons, distractors and junk not included
     */
    public record Split(int images, int identities) {}
}
