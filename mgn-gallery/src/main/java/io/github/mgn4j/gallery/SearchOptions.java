package io.github.mgn4j.gallery;

import static io.github.mgn4j.gallery.GalleryException.check;

import io.github.mgn4j.eval.ReRanker;
import io.github.mgn4j.verify.Threshold;
import io.github.mgn4j.verify.VerificationThresholds;
import java.time.Instant;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What to search for and among which entries. Immutable; the methods return changed copies.
 *
 * <pre>{@code
 * SearchOptions.nearest(10).people().excludeCamera(3).between(morning, noon)
 * }</pre>
 */
public final class SearchOptions {
    private final int k;
    private int best;
    private @Nullable Set<Integer> cameras;
    private @Nullable Integer excludedCamera;
    private @Nullable Instant from;
    private @Nullable Instant to;
    private @Nullable Predicate<GalleryEntry> filter;
    private int candidates;
    private @Nullable ReRanker reRanker;
    private @Nullable VerificationThresholds thresholds;
    private @Nullable Threshold threshold;
    private boolean exact;

    private SearchOptions(int k) {
        this.k = k;
    }

    private SearchOptions(SearchOptions other) {
        k = other.k;
        best = other.best;
        cameras = other.cameras;
        excludedCamera = other.excludedCamera;
        from = other.from;
        to = other.to;
        filter = other.filter;
        candidates = other.candidates;
        reRanker = other.reRanker;
        thresholds = other.thresholds;
        threshold = other.threshold;
        exact = other.exact;
    }

    /**
     * Returns the options of a search for the {@code k} nearest entries.
     *
     * @throws GalleryException if {@code k} is below 1
     */
    public static SearchOptions nearest(int k) {
        check(k >= 1, "k must be at least 1, not %d", k);
        return new SearchOptions(k);
    }

    /**
     * Searches for the nearest people: every pid counts once, at the distance of its nearest entry. Entries without a pid are left
     * out.
     */
    public SearchOptions people() {
        return peopleByMean(1);
    }

    /**
     * Searches for the nearest people, each at the mean distance of its {@code best} nearest entries, or of all if it has fewer.
     *
     * @throws GalleryException if {@code best} is below 1
     */
    public SearchOptions peopleByMean(int best) {
        check(best >= 1, "a mean of the best %d, must be at least 1", best);
        SearchOptions copy = new SearchOptions(this);
        copy.best = best;
        return copy;
    }

    /** Keeps the entries of some cameras only. Entries without a camera are left out. */
    public SearchOptions cameras(Set<Integer> kept) {
        SearchOptions copy = new SearchOptions(this);
        copy.cameras = Set.copyOf(kept);
        return copy;
    }

    /** Leaves the entries of a camera out, for instance the query's own. */
    public SearchOptions excludeCamera(int camid) {
        SearchOptions copy = new SearchOptions(this);
        copy.excludedCamera = camid;
        return copy;
    }

    /** Keeps the entries of a time: from {@code begin} until before {@code end}. Entries without a time are left out. */
    public SearchOptions between(Instant begin, Instant end) {
        SearchOptions copy = new SearchOptions(this);
        copy.from = begin;
        copy.to = end;
        return copy;
    }

    /**
     * Keeps the entries that a predicate accepts. Several threads may call it at once. It is called for entries that are near
     * enough to be found, not for all.
     */
    public SearchOptions filter(Predicate<GalleryEntry> accepted) {
        SearchOptions copy = new SearchOptions(this);
        copy.filter = accepted;
        return copy;
    }

    /**
     * Re-ranks the nearest entries by k-reciprocal encoding before the {@code k} first are kept. Its k1 and k2 are lowered to the
     * number of candidates if there are fewer.
     *
     * @param among number of nearest entries that are re-ranked: a few hundred
     * @throws GalleryException if {@code among} is below 2
     */
    public SearchOptions reRank(int among, ReRanker by) {
        check(among >= 2, "candidates to re-rank must be at least 2, not %d", among);
        SearchOptions copy = new SearchOptions(this);
        copy.candidates = among;
        copy.reRanker = by;
        return copy;
    }

    /**
     * Adds same-person verdicts by the thresholds of the model that extracted the features.
     *
     * @param falseAcceptRate selects the threshold, as in {@link VerificationThresholds#at}
     * @throws io.github.mgn4j.verify.VerificationException if there is no threshold for such a rate
     */
    public SearchOptions verdicts(VerificationThresholds by, double falseAcceptRate) {
        SearchOptions copy = new SearchOptions(this);
        copy.thresholds = by;
        copy.threshold = by.at(falseAcceptRate);
        return copy;
    }

    /** Compares the query with every entry, even if the gallery has an approximate index. */
    public SearchOptions exact() {
        SearchOptions copy = new SearchOptions(this);
        copy.exact = true;
        return copy;
    }

    /** Returns a copy that searches for entries. */
    SearchOptions forEntries() {
        SearchOptions copy = new SearchOptions(this);
        copy.best = 0;
        return copy;
    }

    int k() {
        return k;
    }

    boolean isForPeople() {
        return best > 0;
    }

    /** Returns how many entries of a person are averaged over. */
    int best() {
        return best;
    }

    int candidates() {
        return candidates;
    }

    @Nullable
    ReRanker reRanker() {
        return reRanker;
    }

    @Nullable
    VerificationThresholds thresholds() {
        return thresholds;
    }

    @Nullable
    Threshold threshold() {
        return threshold;
    }

    boolean isExact() {
        return exact;
    }

    /** Returns whether the entry of a row may be found. */
    boolean accepts(View view, int row) {
        EntryChunk chunk = view.chunk(row);
        int i = row % EntryChunk.ROWS;
        if (chunk.died(i) <= view.commit() || (isForPeople() && !chunk.hasPid(i))) {
            return false;
        }
        if (excludedCamera != null && chunk.hasCamera(i) && chunk.camera(i) == excludedCamera) {
            return false;
        }
        if (cameras != null && !(chunk.hasCamera(i) && cameras.contains(chunk.camera(i)))) {
            return false;
        }
        return isInTime(chunk, i) && (filter == null || filter.test(chunk.entry(i)));
    }

    private boolean isInTime(EntryChunk chunk, int i) {
        if (from == null || to == null) {
            return true;
        }
        if (!chunk.hasTime(i)) {
            return false;
        }
        Instant time = Instant.ofEpochMilli(chunk.time(i));
        return !time.isBefore(from) && time.isBefore(to);
    }
}
