package io.github.mgn4j.data;

import io.github.mgn4j.image.ReidImage;
import java.util.Arrays;
import java.util.List;

/** Indexes the identities of a list of images. Classes are pids in ascending order. Immutable. */
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
     * @throws DatasetException if there are none
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

    /** Returns the number of identities. */
    public int classes() {
        return pids.length;
    }

    /** Returns the number of images. */
    public int images() {
        return labels.length;
    }

    /** Returns the class of an image, by its index in the list. */
    public int label(int image) {
        return labels[image];
    }

    /** Returns the person of a class. */
    public int pid(int label) {
        return pids[label];
    }

    /** Returns the number of images of a class. */
    public int count(int label) {
        return members[label].length;
    }

    /** Returns the index in the list of a class's image {@code i}. */
    int member(int label, int i) {
        return members[label][i];
    }

    /**
     * Returns the position of an image within its class: {@code member(label(image), place(image)) == image}.
     */
    int place(int image) {
        return Arrays.binarySearch(members[labels[image]], image);
    }
}
