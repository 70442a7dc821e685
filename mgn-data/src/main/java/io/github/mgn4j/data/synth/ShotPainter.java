package io.github.mgn4j.data.synth;

import io.github.mgn4j.data.Seeds;
import io.github.mgn4j.image.RgbImage;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Paints the image of a {@link Shot}; a pure function of the options and the shot. Thread-safe. */
final class ShotPainter {
    /** Height of the image in painting units. */
    private static final double UNITS = 200;

    private static final int PAINTED_HEIGHT = 256;
    /** Alpha above which a pixel hides what is behind it. */
    private static final int OPAQUE = 127;

    private static final long PERSON = 1;
    private static final long CAMERA = 2;
    private static final long SHOT = 3;
    private static final long CHANGES = 4;
    private static final long DETAILS = 5;

    private final SynthOptions options;
    /** Rolls of a hundred below which a box is cut above the ground, then at the legs, then beside the person. */
    private final int[] miscropped;

    private final int occluded;
    private final int zoom;
    /** Width of the image in painting units. */
    private final double width;

    private final List<Camera> cameras = new ArrayList<>();
    private final List<Sensor> sensors = new ArrayList<>();

    ShotPainter(SynthOptions options) {
        this.options = options;
        double percent = 100 * options.miscropped();
        miscropped = new int[] {
            (int) Math.round(percent * 8 / 22), (int) Math.round(percent * 14 / 22), (int) Math.round(percent)
        };
        occluded = (int) Math.round(100 * options.occluded());
        zoom = (PAINTED_HEIGHT + options.height() - 1) / options.height();
        width = options.width() * zoom / (options.height() * zoom / UNITS);
        for (int number = 1; number <= options.cameras(); number++) {
            Camera camera = Camera.of(number, Seeds.random(options.seed(), CAMERA, number));
            cameras.add(camera);
            sensors.add(new Sensor(camera));
        }
    }

    RgbImage paint(Shot shot) {
        SplittableRandom random = random(shot);
        BufferedImage canvas = canvas(BufferedImage.TYPE_INT_RGB);
        Graphics2D g = graphics(canvas);
        try {
            scene(g, g, g, shot, random);
        } finally {
            g.dispose();
        }
        return sensors.get(shot.camera() - 1).expose(pixels(canvas), options.width(), options.height(), random);
    }

    /**
     * Returns the pixels that show the shot's person, row by row: those where the person covers more than half of the pixel
     * and nothing in front does. The shadow on the ground is not part of the person.
     */
    boolean[] mask(Shot shot) {
        BufferedImage behind = canvas(BufferedImage.TYPE_INT_RGB);
        BufferedImage person = canvas(BufferedImage.TYPE_INT_ARGB);
        BufferedImage before = canvas(BufferedImage.TYPE_INT_ARGB);
        Graphics2D first = graphics(behind);
        Graphics2D second = graphics(person);
        Graphics2D third = graphics(before);
        try {
            scene(first, second, third, shot, random(shot));
        } finally {
            first.dispose();
            second.dispose();
            third.dispose();
        }
        int[] covered = packed(person);
        int[] hidden = packed(before);
        boolean[] mask = new boolean[options.width() * options.height()];
        for (int i = 0; i < mask.length; i++) {
            int left = i % options.width() * zoom;
            int top = i / options.width() * zoom;
            int visible = 0;
            for (int y = top; y < top + zoom; y++) {
                for (int x = left; x < left + zoom; x++) {
                    int at = y * person.getWidth() + x;
                    visible += covered[at] >>> 24 > OPAQUE && hidden[at] >>> 24 <= OPAQUE ? 1 : 0;
                }
            }
            mask[i] = 2 * visible > zoom * zoom;
        }
        return mask;
    }

    private SplittableRandom random(Shot shot) {
        return Seeds.random(
                options.seed(), SHOT, shot.kind().name().hashCode(), shot.who(), shot.camera(), shot.take());
    }

    /** Returns a canvas larger than the image, which the sensor reduces: antialiased shapes alone look hard. */
    private BufferedImage canvas(int type) {
        return new BufferedImage(options.width() * zoom, options.height() * zoom, type);
    }

    private static Graphics2D graphics(BufferedImage canvas) {
        Graphics2D g = canvas.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        double scale = canvas.getHeight() / UNITS;
        g.scale(scale, scale);
        return g;
    }

    /** Returns the pixels directly from the canvas; its colour model takes several times as long. */
    private static RgbImage pixels(BufferedImage canvas) {
        int[] packed = packed(canvas);
        byte[] rgb = new byte[packed.length * RgbImage.CHANNELS];
        int i = 0;
        for (int pixel : packed) {
            rgb[i++] = (byte) (pixel >> 16);
            rgb[i++] = (byte) (pixel >> 8);
            rgb[i++] = (byte) pixel;
        }
        return new RgbImage(canvas.getWidth(), canvas.getHeight(), rgb);
    }

    private static int[] packed(BufferedImage canvas) {
        return ((DataBufferInt) canvas.getRaster().getDataBuffer()).getData();
    }

    /** Returns a person's appearance: the first of those who wear the same clothes, or that person with other details. */
    Person person(long who) {
        long split = who > options.ids() ? options.ids() : 0; // people in test are alike among themselves
        long first = who - (who - split - 1) % options.alike();
        Person person = Person.random(Seeds.random(options.seed(), PERSON, first));
        return who == first ? person : person.withDetails(Seeds.random(options.seed(), DETAILS, who));
    }

    /** Paints what is behind the person, the person, and what is in front, each on its own canvas or all on one. */
    private void scene(Graphics2D behind, Graphics2D onPerson, Graphics2D before, Shot shot, SplittableRandom random) {
        Camera camera = cameras.get(shot.camera() - 1);
        new ScenePainter(behind, width, random).background(camera);
        ScenePainter front = new ScenePainter(before, width, random);
        if (shot.kind() == Shot.Kind.NOBODY) {
            front.occluder();
            return;
        }
        Person person = person(shot.who());
        if (shot.kind() == Shot.Kind.LOOK_ALIKE) {
            person = person.lookAlike(Seeds.random(options.seed(), CHANGES, shot.who(), shot.take()));
        }
        double fit = Math.min(1, width / 78);
        double height = UNITS * fit * Camera.between(random, 0.84, 0.95);
        double x = width / 2 + Camera.between(random, -6, 6);
        double feet = UNITS * 0.5 + height * 0.5 + Camera.between(random, -4, 5);
        int crop = random.nextInt(100);
        if (shot.kind() == Shot.Kind.FRAGMENT) {
            height *= Camera.between(random, 1.6, 2.2);
            feet = Camera.between(random, 0.95, 1.2) * height;
            x += (random.nextBoolean() ? 0.3 : -0.3) * width;
        } else if (crop < miscropped[0]) { // the person in the upper half, only ground below
            height *= Camera.between(random, 0.56, 0.68);
            feet = height + Camera.between(random, 3, 10);
        } else if (crop < miscropped[1]) { // the legs cut off
            height *= Camera.between(random, 1.2, 1.4);
            feet = height + Camera.between(random, 4, 10);
        } else if (crop < miscropped[2]) {
            x += (random.nextBoolean() ? 0.17 : -0.17) * width;
        }
        new ScenePainter(onPerson, width, random)
                .person(person, Pose.random(camera.view(random), random), x, feet, height);
        if (random.nextInt(100) < occluded) {
            front.occluder();
        }
    }
}
