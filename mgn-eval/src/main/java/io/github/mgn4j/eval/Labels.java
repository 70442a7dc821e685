package io.github.mgn4j.eval;

import static io.github.mgn4j.eval.EvaluationException.check;

import io.github.mgn4j.features.FeatureTable;
import io.github.mgn4j.image.ReidImage;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The person and the camera of each image, as two arrays: the labels of {@link ReidImage}s without their files, because
 * evaluation compares them millions of times. Immutable.
 */
public final class Labels {
    private final int[] pids;
    private final int[] camids;

    /**
     * Creates labels from arrays, which are copied.
     *
     * @param pids person of each image; {@link ReidImage#JUNK} for images that are not counted
     * @param camids camera of each image; a negative camid differs from every other camera
     * @throws EvaluationException if the lengths differ
     */
    public Labels(int[] pids, int[] camids) {
        check(pids.length == camids.length, "%d pids, but %d camids", pids.length, camids.length);
        this.pids = pids.clone();
        this.camids = camids.clone();
    }

    /** Returns labels of images of unknown cameras. Each image counts as under a camera of its own. */
    public static Labels withoutCameras(int[] pids) {
        int[] camids = new int[pids.length];
        Arrays.fill(camids, ReidImage.UNKNOWN_CAMERA);
        return new Labels(pids, camids);
    }

    /** Returns the labels of images, in their order. */
    public static Labels of(List<ReidImage> images) {
        return new Labels(
                images.stream().mapToInt(ReidImage::pid).toArray(),
                images.stream().mapToInt(ReidImage::camid).toArray());
    }

    /**
     * Returns the labels in a feature table. An empty camid becomes {@link ReidImage#UNKNOWN_CAMERA}.
     *
     * @throws EvaluationException if a row has no pid
     */
    public static Labels of(FeatureTable table) {
        List<FeatureTable.Entry> entries = table.entries();
        int[] pids = new int[entries.size()];
        int[] camids = new int[entries.size()];
        for (int i = 0; i < pids.length; i++) {
            FeatureTable.Entry entry = entries.get(i);
            Integer pid = entry.pid();
            Integer camid = entry.camid();
            if (pid == null) {
                throw new EvaluationException(
                        "row " + i + " (" + entry.path() + ") has no pid, evaluation needs one for every image");
            }
            pids[i] = pid;
            camids[i] = camid == null ? ReidImage.UNKNOWN_CAMERA : camid;
        }
        return new Labels(pids, camids);
    }

    /** Returns the number of images. */
    public int size() {
        return pids.length;
    }

    /** Returns the person of image {@code i}. */
    public int pid(int i) {
        return pids[i];
    }

    /** Returns the camera of image {@code i}; negative if unknown. */
    public int camid(int i) {
        return camids[i];
    }

    /** Returns whether image {@code i} is junk, which no evaluation counts. */
    public boolean isJunk(int i) {
        return pids[i] == ReidImage.JUNK;
    }

    /** Returns the labels of some images, in the order of {@code indices}. */
    Labels select(int[] indices) {
        return new Labels(
                IntStream.of(indices).map(i -> pids[i]).toArray(),
                IntStream.of(indices).map(i -> camids[i]).toArray());
    }

    /** Returns the indices of each person's images, ascending. */
    Map<Integer, int[]> byPid() {
        Map<Integer, Integer> counts = new HashMap<>();
        for (int pid : pids) {
            counts.merge(pid, 1, Integer::sum);
        }
        Map<Integer, int[]> images = new HashMap<>();
        for (int i = pids.length - 1; i >= 0; i--) {
            int place = counts.merge(pids[i], -1, Integer::sum);
            images.computeIfAbsent(pids[i], pid -> new int[place + 1])[place] = i;
        }
        return images;
    }

    /** Returns whether image {@code i} shows the same person under the same known camera as {@code other}'s image. */
    boolean sameView(int i, Labels other, int otherIndex) {
        return pids[i] == other.pids[otherIndex] && camids[i] >= 0 && camids[i] == other.camids[otherIndex];
    }
}
