package io.github.mgn4j.data.synth;

import java.util.List;
import java.util.SplittableRandom;

/**
 * A person's pose in one image. Angles are in degrees.
 *
 * @param facesLeft the direction of the person in {@link View#SIDE}
 * @param stride distance between the legs, -1 to 1
 * @param leftArm angle of the left arm in the image: outwards in front view, forwards in side view
 * @param bend angle of the elbows
 */
record Pose(
        View view,
        boolean facesLeft,
        double stride,
        double leftArm,
        double rightArm,
        double bend,
        boolean armRaised,
        double lean) {
    enum View {
        FRONT,
        BACK,
        SIDE;

        private static final List<View> ALL = List.of(values());

        static View random(SplittableRandom random) {
            return ALL.get(random.nextInt(ALL.size()));
        }
    }

    static Pose random(View view, SplittableRandom random) {
        double stride = 2 * random.nextDouble() - 1;
        boolean side = view == View.SIDE;
        return new Pose(
                view,
                random.nextBoolean(),
                stride,
                side ? -25 * stride : 3 + 12 * random.nextDouble(),
                side ? 25 * stride : 3 + 12 * random.nextDouble(),
                5 + 30 * random.nextDouble(),
                random.nextInt(6) == 0,
                6 * random.nextDouble() - 3);
    }
}
