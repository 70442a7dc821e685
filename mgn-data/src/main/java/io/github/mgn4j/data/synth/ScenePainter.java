package io.github.mgn4j.data.synth;

import io.github.mgn4j.data.Seeds;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.LinearGradientPaint;
import java.util.SplittableRandom;

/**
 * Paints the background and foreground of a person. An image is 200 units high and {@code width} wide. A camera's scene is a
 * long panorama, and each image shows a random part of it.
 */
final class ScenePainter {
    private final Graphics2D g;
    private final double width;
    private final SplittableRandom random;

    ScenePainter(Graphics2D g, double width, SplittableRandom random) {
        this.g = g;
        this.width = width;
        this.random = random;
    }

    void background(Camera camera) {
        SplittableRandom fixed = Seeds.random(camera.sceneSeed());
        double horizon = between(70, 115);
        double offset = between(0, 600);
        double wall = fixed.nextDouble();
        switch (camera.scene(random)) {
            case STREET -> street(horizon, offset, wall);
            case PARK -> park(horizon, offset);
            case BRICKS -> bricks(horizon, offset, wall);
            case HALL -> hall(horizon, offset, wall);
            case SHOPS -> shops(horizon, offset, camera.sceneSeed());
            case PARKING -> parking(horizon, offset, camera.sceneSeed());
        }
        clutter(horizon);
    }

    private double between(double low, double high) {
        return Camera.between(random, low, high);
    }

    private void ground(double top, int far, int near) {
        vertical(top, 200, far, near);
    }

    private void vertical(double top, double bottom, int first, int last) {
        g.setPaint(new LinearGradientPaint(
                0, (float) top, 0, (float) bottom, new float[] {0, 1}, new Color[] {new Color(first), new Color(last)
                }));
        g.fill(Brush.rect(0, top, width, bottom));
    }

    private void fill(int rgb, double left, double top, double right, double bottom) {
        Brush.fill(g, new Color(rgb), Brush.rect(left, top, right, bottom));
    }

    private void street(double horizon, double offset, double wall) {
        vertical(0, horizon, 0xB9B2A6, 0x98917F);
        Brush.fill(g, Brush.shade(new Color(0xB8A88E), 0.75 + 0.5 * wall), Brush.rect(0, 0, width, horizon));
        for (double x = -(offset % 34); x < width; x += 34) {
            for (double y = horizon - 118; y < horizon - 20; y += 38) {
                fill(0x39444F, x + 6, y, x + 26, y + 26);
                fill(0x6E7F8C, x + 8, y + 2, x + 15, y + 24);
            }
        }
        ground(horizon, 0x8B8A86, 0xAAA9A4);
        for (double y = horizon + 14; y < 200; y += 8 + (y - horizon) * 0.16) {
            fill(0x7C7B77, 0, y, width, y + 1);
        }
        fill(0x63625F, 0, horizon, width, horizon + 4);
    }

    private void park(double horizon, double offset) {
        vertical(0, horizon, 0xBFD2DE, 0xA9C0A0);
        SplittableRandom trees = Seeds.random((long) (offset / 60));
        for (int i = 0; i < 14; i++) {
            double x = trees.nextDouble() * (width + 40) - 20;
            double y = horizon - 12 - trees.nextDouble() * 62;
            double r = 12 + trees.nextDouble() * 14;
            Brush.fill(
                    g, Brush.shade(new Color(0x4E7038), 0.7 + 0.6 * trees.nextDouble()), Brush.oval(x, y, r, r * 0.8));
        }
        for (int i = 0; i < 2; i++) {
            double x = trees.nextDouble() * width;
            fill(0x5A4632, x, horizon - 60, x + 6, horizon + 4);
        }
        ground(horizon, 0x6A8A48, 0x7FA055);
        Brush.fill(
                g,
                new Color(0xB6A98C),
                Brush.polygon(width * 0.2, 200, width * 0.9, 200, width * 0.62, horizon, width * 0.5, horizon));
        for (int i = 0; i < 60; i++) {
            double x = between(0, width);
            double y = between(horizon, 200);
            fill(0x557238, x, y, x + 1, y + 4);
        }
    }

    private void bricks(double horizon, double offset, double wall) {
        Color brick = Brush.shade(new Color(0x9A5A44), 0.8 + 0.4 * wall);
        Brush.fill(g, new Color(0xB0A294), Brush.rect(0, 0, width, horizon + 30));
        int row = 0;
        for (double y = 0; y < horizon + 30; y += 9) {
            double shift = row++ % 2 == 0 ? 0 : 9;
            for (double x = -((offset + shift) % 18); x < width; x += 18) {
                Brush.fill(g, Brush.shade(brick, between(0.88, 1.1)), Brush.rect(x, y, x + 16.5, y + 7.7));
            }
        }
        ground(horizon + 30, 0x6D6A66, 0x8F8B85);
        fill(0x4C4A48, 0, horizon + 28, width, horizon + 32);
    }

    private void hall(double horizon, double offset, double wall) {
        vertical(0, horizon, 0xE6E3DA, 0xCFCABF);
        Brush.fill(
                g, Brush.alpha(new Color(0x6F9CB8), (int) (120 * wall)), Brush.rect(0, horizon - 34, width, horizon));
        for (double x = -(offset % 85); x < width; x += 85) {
            fill(0x8E6B4A, x + 12, horizon - 78, x + 44, horizon);
            fill(0xC9B27C, x + 38, horizon - 38, x + 41, horizon - 34);
            fill(0xB9B5AB, x + 62, 0, x + 72, horizon);
        }
        ground(horizon, 0xA79F92, 0xD6CFC2);
        for (double x = -3 * width; x < 4 * width; x += 22) {
            Brush.fill(
                    g,
                    new Color(0x8F887C),
                    Brush.polygon(x, 200, x + 1.6, 200, width / 2 + (x - width / 2) * 0.3, horizon));
        }
        for (double y = horizon + 8; y < 200; y += 6 + (y - horizon) * 0.25) {
            fill(0x8F887C, 0, y, width, y + 1);
        }
    }

    private void shops(double horizon, double offset, long seed) {
        vertical(0, horizon, 0x55504C, 0x474340);
        for (double x = -(offset % 52); x < width; x += 52) {
            SplittableRandom shop =
                    Seeds.random(seed, Math.floorMod((long) StrictMath.floor((x + offset) / 52 + 0.5), 12));
            Color sign = Color.getHSBColor((float) shop.nextDouble(), 0.65f, 0.8f);
            Brush.fill(g, sign, Brush.rect(x + 1, horizon - 95, x + 50, horizon - 76));
            fill(0xE4D9B4, x + 3, horizon - 72, x + 48, horizon - 6);
            for (int i = 0; i < 5; i++) {
                double left = x + 5 + shop.nextDouble() * 34;
                double top = horizon - 66 + shop.nextDouble() * 40;
                Color goods =
                        Color.getHSBColor((float) shop.nextDouble(), 0.5f, (float) (0.35 + 0.5 * shop.nextDouble()));
                Brush.fill(g, goods, Brush.rect(left, top, left + 8, top + 18));
            }
        }
        ground(horizon, 0x77706A, 0x968E86);
        for (double y = horizon + 10; y < 200; y += 12) {
            for (double x = -(offset % 24) + (y % 24 < 12 ? 0 : 12); x < width; x += 24) {
                fill(0x857D76, x, y, x + 12, y + 12);
            }
        }
    }

    private void parking(double horizon, double offset, long seed) {
        vertical(0, horizon, 0xC4CCD2, 0xAEB6BA);
        fill(0x8A9196, 0, horizon - 40, width, horizon - 22);
        ground(horizon - 22, 0x55575A, 0x6C6E72);
        for (double x = -(offset % 90); x < width; x += 90) {
            SplittableRandom car = Seeds.random(seed, (long) StrictMath.floor((x + offset) / 90 + 0.5) % 9);
            Color paint = Color.getHSBColor(
                    (float) car.nextDouble(), (float) (0.7 * car.nextDouble()), (float) (0.3 + 0.6 * car.nextDouble()));
            Brush.fill(g, Brush.shade(paint, 0.8), Brush.rounded(x + 14, horizon - 40, x + 54, horizon - 8, 9));
            fill(0x2E363C, x + 19, horizon - 36, x + 49, horizon - 22);
            Brush.fill(g, paint, Brush.rounded(x, horizon - 24, x + 70, horizon + 4, 8));
            Brush.fill(g, new Color(0x1C1C1E), Brush.oval(x + 15, horizon + 4, 8, 8));
            Brush.fill(g, new Color(0x1C1C1E), Brush.oval(x + 55, horizon + 4, 8, 8));
            Brush.fill(
                    g, new Color(0xD8D8D0), Brush.polygon(x + 80, horizon, x + 83, horizon, x + 60, 200, x + 54, 200));
        }
    }

    /** Paints objects of a single image: posts, bins, people far away. */
    private void clutter(double horizon) {
        int things = random.nextInt(4);
        for (int i = 0; i < things; i++) {
            double x = between(-5, width);
            switch (random.nextInt(4)) {
                case 0 -> fill(0x4A4D50, x, horizon - 90, x + 4, horizon + 12);
                case 1 -> {
                    Color colour = Color.getHSBColor((float) random.nextDouble(), 0.5f, 0.5f);
                    Brush.fill(g, colour, Brush.rounded(x, horizon - 14, x + 15, horizon + 14, 3));
                }
                default -> passerBy(x, horizon + between(8, 45), between(70, 130));
            }
        }
    }

    private void passerBy(double x, double feet, double height) {
        person(Person.random(random), Pose.random(Pose.View.random(random), random), x, feet, height);
    }

    /** Paints a person whose feet are at a position. */
    void person(Person person, Pose pose, double x, double feet, double height) {
        Graphics2D at = (Graphics2D) g.create();
        try {
            at.translate(x, feet);
            at.rotate(StrictMath.toRadians(pose.lean()));
            at.scale(pose.view() == Pose.View.SIDE && pose.facesLeft() ? -height : height, height);
            at.translate(0, -1);
            new PersonPainter(at, person, pose).paint();
        } finally {
            at.dispose();
        }
    }

    /** Paints an object between the person and the camera, over a side or the lower part of the image. */
    void occluder() {
        switch (random.nextInt(5)) {
            case 0 -> {
                double x = between(0.1, 0.8) * width;
                Brush.fill(g, new Color(0x3C4043), Brush.rect(x, 0, x + 9, 200));
                Brush.fill(g, new Color(0x5A5F63), Brush.rect(x + 2, 0, x + 4, 200));
            }
            case 1 -> {
                double top = between(145, 165);
                for (int i = 0; i < 40; i++) {
                    Color leaf = Brush.shade(new Color(0x47662F), between(0.6, 1.3));
                    Brush.fill(
                            g, leaf, Brush.oval(between(0, width), between(top, 205), between(6, 12), between(5, 9)));
                }
            }
            case 2 -> {
                double top = between(140, 160);
                Color paint = Color.getHSBColor((float) random.nextDouble(), 0.5f, (float) between(0.3, 0.8));
                Brush.fill(g, paint, Brush.rounded(-20, top, width * between(0.6, 1.3), 230, 14));
                Brush.fill(g, Brush.shade(paint, 0.6), Brush.rect(-20, top + 16, width * 1.3, top + 20));
            }
            case 3 -> {
                double height = between(190, 250);
                double x = random.nextBoolean() ? -0.02 * width : 1.02 * width;
                person(Person.random(random), Pose.random(Pose.View.SIDE, random), x, between(205, 250), height);
            }
            default -> {
                double x = random.nextBoolean() ? between(-0.1, 0.1) * width : between(0.7, 0.9) * width;
                Color board = Color.getHSBColor((float) random.nextDouble(), 0.4f, (float) between(0.4, 0.9));
                Brush.fill(g, board, Brush.rounded(x, between(90, 130), x + 0.3 * width, 205, 3));
            }
        }
    }
}
