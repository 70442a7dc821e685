package io.github.mgn4j.data.synth;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Lists the images of a data set and names them as Market-1501 does. */
final class ShotList {
    static final String TRAIN = "bounding_box_train";
    static final String QUERY = "query";
    static final String GALLERY = "bounding_box_test";

    private final SynthOptions options;
    private final List<Shot> shots = new ArrayList<>();

    private ShotList(SynthOptions options) {
        this.options = options;
    }

    static List<Shot> of(SynthOptions options) {
        ShotList list = new ShotList(options);
        list.people();
        list.distractors();
        list.junk();
        return list.shots;
    }

    private void people() {
        for (int pid = 1; pid <= 2 * options.ids(); pid++) {
            boolean train = pid <= options.ids();
            for (int camera = 1; camera <= options.cameras(); camera++) {
                for (int take = 1; take <= options.images(); take++) {
                    add(train ? TRAIN : GALLERY, pid, Shot.Kind.PERSON, pid, camera, take);
                }
                if (!train) {
                    add(QUERY, pid, Shot.Kind.PERSON, pid, camera, options.images() + 1);
                }
            }
        }
    }

    /** One for every five gallery images: half of them look-alikes of persons searched for, half false detections. */
    private void distractors() {
        int count = Math.max(2, options.ids() * options.cameras() * options.images() / 5);
        for (int i = 0; i < count; i++) {
            Shot.Kind kind = i % 2 == 0 ? Shot.Kind.LOOK_ALIKE : Shot.Kind.NOBODY;
            add(GALLERY, 0, kind, options.ids() + 1 + i / 2 % options.ids(), 1 + i / 2 % options.cameras(), 1 + i);
        }
    }

    /** One for every twenty gallery images. */
    private void junk() {
        int count = Math.max(1, options.ids() * options.cameras() * options.images() / 20);
        for (int i = 0; i < count; i++) {
            add(
                    GALLERY,
                    -1,
                    Shot.Kind.FRAGMENT,
                    options.ids() + 1 + i % options.ids(),
                    1 + i % options.cameras(),
                    1 + i);
        }
    }

    private void add(String folder, int pid, Shot.Kind kind, long who, int camera, int take) {
        String person = pid < 0 ? "-1" : String.format(Locale.ROOT, "%04d", pid);
        int frame = 25 * shots.size() + 1; // as if taken from one film
        String name = String.format(Locale.ROOT, "%s_c%ds1_%06d_%02d.jpg", person, camera, frame, 1);
        shots.add(new Shot(folder, name, kind, who, camera, take));
    }
}
