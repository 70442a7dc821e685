package io.github.mgn4j.eval;

import static io.github.mgn4j.eval.EvaluationException.check;

import io.github.mgn4j.features.FeatureTable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The person and the camera of each image. Immutable. */
public final class Labels {
    /** Not to be counted, for or against: a gallery image that shows no person, or only a part of one. */
    public static final int JUNK = -1;
    /** The published data sets' number for people who are in no query. An ordinary person as far as the metrics go. */
    public static final int DISTRACTOR = 0;
    /** A camera that is not known. Like every negative number it is equal to no camera, not even to itself. */
    public static final int UNKNOWN_CAMERA = -1;

    private final int[] pids;
    private final int[] camids;

    /**
     * @param pids person of each image; {@link #JUNK} for those not to be counted
     * @param camids camera of each image; negative for one that is like no other
     * @throws EvaluationException if they differ in length
     */
    public Labels(int[] pids, int[] camids) {
        check(pids.length == camids.length, "%d pids, but %d camids", pids.length, camids.length);
        this.pids = pids.clone();
        this.camids = camids.clone();
    }

    /** Labels of images whose cameras are not known: each is its own. */
    public static Labels withoutCameras(int[] pids) {
        int[] camids = new int[pids.length];
        Arrays.fill(camids, UNKNOWN_CAMERA);
        return new Labels(pids, camids);
    }

    /**
     * The labels in a table of features; an empty camid becomes {@link #UNKNOWN_CAMERA}.
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
            camids[i] = camid == null ? UNKNOWN_CAMERA : camid;
        }
        return new Labels(pids, camids);
    }

    /** Number of images. */
    public int size() {
        return pids.length;
    }

    public int pid(int i) {
        return pids[i];
    }

    public int camid(int i) {
        return camids[i];
    }

    public boolean isJunk(int i) {
        return pids[i] == JUNK;
    }

    /** The labels of some images, in the order given. */
    Labels select(int[] indices) {
        return new Labels(
                IntStream.of(indices).map(i -> pids[i]).toArray(),
                IntStream.of(indices).map(i -> camids[i]).toArray());
    }

    /** The images of each person, ascending. */
    Map<Integer, int[]> byPid() {
        Map<Integer, IntStream.Builder> builders = new HashMap<>();
        for (int i = 0; i < pids.length; i++) {
            builders.computeIfAbsent(pids[i], pid -> IntStream.builder()).add(i);
        }
        Map<Integer, int[]> images = new HashMap<>();
        builders.forEach((pid, builder) -> images.put(pid, builder.build().toArray()));
        return images;
    }

    /** True if image {@code i} shows the same person under the same, known camera as {@code other}'s image. */
    boolean sameView(int i, Labels other, int otherIndex) {
        return pids[i] == other.pids[otherIndex] && camids[i] >= 0 && camids[i] == other.camids[otherIndex];
    }
}
