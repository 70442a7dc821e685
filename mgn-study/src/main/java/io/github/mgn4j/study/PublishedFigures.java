package io.github.mgn4j.study;

import org.jspecify.annotations.Nullable;

/**
 * The figures that an article gives for a row, as fractions in 0..1. Null where it gives none.
 *
 * @param rank1 rank-1
 * @param mAP mean average precision
 * @param rank1ReRanked rank-1 after re-ranking
 * @param mAPReRanked mean average precision after re-ranking
 */
public record PublishedFigures(
        @Nullable Double rank1,
        @Nullable Double mAP,
        @Nullable Double rank1ReRanked,
        @Nullable Double mAPReRanked) {
    /** No figures. */
    public static final PublishedFigures NONE = new PublishedFigures(null, null, null, null);

    /** Creates figures without re-ranking. */
    public static PublishedFigures of(double rank1, double mAP) {
        return new PublishedFigures(rank1, mAP, null, null);
    }
}
