package io.github.mgn4j.gallery;

import static io.github.mgn4j.gallery.GalleryException.check;

import io.github.mgn4j.features.FeatureTable;
import io.github.mgn4j.image.ReidImage;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a gallery holds about an image besides its feature. Immutable.
 *
 * @param path the key of the entry: an image's path, or any other text that identifies it; not empty
 * @param pid the person, {@link ReidImage#DISTRACTOR} or {@link ReidImage#JUNK}; null if unknown
 * @param camid the camera; null if unknown
 * @param time when the image was taken, cut to milliseconds; null if unknown
 */
public record GalleryEntry(
        String path,
        @Nullable Integer pid,
        @Nullable Integer camid,
        @Nullable Instant time) {
    /** The longest path, in bytes of UTF-8. */
    static final int MAX_PATH = 1 << 16;

    private static final int SHOWN = 60;
    private static final Instant FIRST = Instant.ofEpochMilli(Long.MIN_VALUE);
    private static final Instant LAST = Instant.ofEpochMilli(Long.MAX_VALUE);

    /**
     * Creates an entry.
     *
     * @throws GalleryException if the path is empty, longer than 65,536 bytes or no text, or the time is not representable in milliseconds
     */
    public GalleryEntry {
        check(!path.isEmpty(), "an entry has no path, expected one as its key");
        checkPath(path);
        time = time == null ? null : inMilliseconds(time);
    }

    private static void checkPath(String path) {
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        String start = path.substring(0, Math.min(SHOWN, path.length()));
        check(
                bytes.length <= MAX_PATH,
                "the path '%s...' has %d bytes, the limit is %d",
                start,
                bytes.length,
                MAX_PATH);
        check(new String(bytes, StandardCharsets.UTF_8).equals(path), "the path '%s' has half a surrogate pair", start);
    }

    private static Instant inMilliseconds(Instant time) {
        check(!time.isBefore(FIRST) && !time.isAfter(LAST), "time %s is out of range", time);
        try {
            return time.truncatedTo(ChronoUnit.MILLIS);
        } catch (DateTimeException e) {
            throw new GalleryException("time " + time + " is out of range: " + e.getMessage());
        }
    }

    /** Returns the entry for a row of a feature table, without a time. */
    public static GalleryEntry of(FeatureTable.Entry row) {
        return new GalleryEntry(row.path(), row.pid(), row.camid(), null);
    }
}
