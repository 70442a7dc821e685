package io.github.mgn4j.gallery;

import io.github.mgn4j.verify.Comparison;
import org.jspecify.annotations.Nullable;

/**
 * An entry that a search found. In a search for people it is the person's nearest entry. Immutable.
 *
 * @param id the number of the addition, ascending and unique in the life of a gallery; an entry that replaces another has a new one
 * @param entry the entry
 * @param distance the distance to the query; in a search for people that of the person: the mean of the best n
 * @param reRanked the distance after re-ranking, which orders the hits; null without re-ranking
 * @param verdict whether the distance counts as the same person; null if the search has no threshold
 */
public record GalleryHit(
        long id,
        GalleryEntry entry,
        double distance,
        @Nullable Double reRanked,
        @Nullable Comparison verdict) {}
