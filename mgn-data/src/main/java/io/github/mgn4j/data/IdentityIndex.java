package io.github.mgn4j.data;

import io.github.mgn4j.image.ReidImage;
import java.util.Arrays;
import java.util.List;

/**
 * The identities of a list of images: classes are pids in ascending order. Immutable.
 */
public final class IdentityIndex {
    private final int[] pids;
    private final int[] labels;
    private final int[][] members;

    private IdentityIndex(int[] pids, int[] labels, int[][] members) {
        this.pids = pids;
        this.labels = labels;
        this.members = members;
    }

    /**
     * Indexes images.
     *
     * @throws DatasetException when there are none
     */
    public static IdentityIndex of(List<ReidImage> images) {
        DatasetException.check(!images.isEmpty(), "no images to sample from");
        int[] pids =
                images.stream().mapToInt(ReidImage::pid).sorted().distinct().toArray();
        int[] labels = images.stream()
                .mapToInt(image -> Arrays.binarySearch(pids, image.pid()))
                .toArray();
        int[] counts = new int[pids.length];
        for (int label : labels) {
            counts[label]++;
        }
        int[][] members = new int[pids.length][];
        for (int i = 0; i < members.length; i++) {
            members[i] = new int[counts[i]];
        }
        for (int i = labels.length - 1; i >= 0; i--) {
            members[labels[i]][--counts[labels[i]]] = i;
        }
        return new IdentityIndex(pids, labels, members);
    }

    /** Number of identities. */
    public int classes() {
        return pids.length;
    }

    /** Number of images. */
    public int images() {
        return labels.length;
    }

    /** The class of an image, by its place in the list. */
    public int label(int image) {
        return labels[image];
    }

    /** The person of a class. */
    public int pid(int label) {
        return pids[label];
    }

    /** How many images a class has. */
    public int count(int label) {
        return members[label].length;
    }

    /** The place in the list of one of a class's images. */
    int member(int label, int i) {
        return members[label][i];
    }

    /** Which of its class's images one is: {@code member(label(image), place(image)) == image}. */
    int place(int image) {
        return Arrays.binarySearch(members[labels[image]], image);
    }
}
