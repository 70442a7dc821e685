package io.github.mgn4j.data.synth;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Area;

/**
 * Paints heads: face, hair and hats. Lengths are in heights of the person, the top of the head is at y = 0.
 */
final class HeadPainter {
    private static final double Y = 0.078;
    private static final Color EYE = new Color(0x2A2220);

    private final Graphics2D g;
    private final Person person;
    private final double rx;
    private final double ry;

    HeadPainter(Graphics2D g, Person person) {
        this.g = g;
        this.person = person;
        rx = 0.053 * person.headSize();
        ry = 0.07 * person.headSize();
    }

    /** Paints the hair that hangs behind the shoulders and is visible from the front. */
    void hairBehind() {
        if (person.hair() == Person.Hair.LONG) {
            Brush.fill(
                    g,
                    Brush.shade(person.hairColour(), 0.8),
                    Brush.rounded(-rx - 0.014, Y - 0.04, rx + 0.014, 0.215, 0.05));
        }
    }

    void paint(Pose.View view) {
        Brush.fill(g, Brush.shade(person.skin(), 0.82), Brush.rect(-0.026, Y, 0.026, 0.178));
        switch (view) {
            case FRONT -> front();
            case BACK -> back();
            case SIDE -> side();
        }
    }

    private void front() {
        Brush.fill(g, person.skin(), Brush.oval(0, Y, rx, ry));
        Brush.fill(g, EYE, Brush.oval(-0.02, Y - 0.002, 0.0075, 0.0065));
        Brush.fill(g, EYE, Brush.oval(0.02, Y - 0.002, 0.0075, 0.0065));
        Brush.fill(
                g, Brush.shade(person.skin(), 0.8), Brush.polygon(0, Y + 0.006, 0.008, Y + 0.022, -0.008, Y + 0.022));
        Brush.fill(g, new Color(0x9A4A48), Brush.rounded(-0.016, Y + 0.034, 0.016, Y + 0.041, 0.003));
        switch (person.hair()) {
            case BALD -> {}
            case SHORT, PONYTAIL -> dome(person.hairColour(), Y - 0.026);
            case LONG -> {
                dome(person.hairColour(), Y - 0.024);
                Brush.fill(g, person.hairColour(), Brush.rounded(-rx - 0.012, Y - 0.03, -rx + 0.012, 0.18, 0.011));
                Brush.fill(g, person.hairColour(), Brush.rounded(rx - 0.012, Y - 0.03, rx + 0.012, 0.18, 0.011));
            }
            case CAP -> {
                dome(person.bagColour(), Y - 0.024);
                Brush.fill(g, Brush.shade(person.bagColour(), 0.7), Brush.oval(0, Y - 0.026, rx * 1.1, 0.012));
            }
            case BEANIE -> beanie();
        }
    }

    private void back() {
        Color colour = person.hair() == Person.Hair.BALD ? Brush.shade(person.skin(), 0.95) : person.hairColour();
        Brush.fill(g, colour, Brush.oval(0, Y, rx + 0.003, ry));
        switch (person.hair()) {
            case BALD, SHORT -> {}
            case LONG -> Brush.fill(g, colour, Brush.rounded(-rx - 0.012, Y - 0.03, rx + 0.012, 0.225, 0.045));
            case PONYTAIL -> Brush.fill(g, Brush.shade(colour, 0.8), Brush.limb(0, Y, 0.03, 0.006, 0.21, 0.018));
            case CAP -> dome(person.bagColour(), Y - 0.005);
            case BEANIE -> beanie();
        }
    }

    private void side() {
        Area head = new Area(Brush.oval(0.004, Y, rx * 1.05, ry));
        Brush.fill(g, person.skin(), head);
        Brush.fill(g, person.skin(), Brush.polygon(rx, Y - 0.008, rx + 0.02, Y + 0.018, rx - 0.004, Y + 0.024));
        Brush.fill(g, EYE, Brush.oval(rx - 0.015, Y - 0.006, 0.006, 0.0065));
        if (person.hair() == Person.Hair.BALD) {
            return;
        }
        Area hair = new Area(Brush.oval(-0.003, Y - 0.003, rx * 1.1, ry * 1.04));
        hair.subtract(new Area(
                Brush.polygon(0.012, Y + 0.1, 0.012, Y - 0.012, 0.04, Y - 0.034, 0.1, Y - 0.034, 0.1, Y + 0.1)));
        Brush.fill(g, person.hairColour(), hair);
        switch (person.hair()) {
            case LONG -> Brush.fill(g, person.hairColour(), Brush.rounded(-rx - 0.012, Y - 0.03, 0.002, 0.22, 0.028));
            case PONYTAIL ->
                Brush.fill(
                        g,
                        Brush.shade(person.hairColour(), 0.8),
                        Brush.limb(-rx, Y - 0.01, 0.03, -rx - 0.03, 0.18, 0.018));
            case CAP -> {
                dome(person.bagColour(), Y - 0.014);
                Brush.fill(
                        g,
                        Brush.shade(person.bagColour(), 0.7),
                        Brush.rounded(0, Y - 0.03, rx + 0.045, Y - 0.014, 0.008));
            }
            case BEANIE -> beanie();
            default -> {}
        }
    }

    private void beanie() {
        dome(person.shoeColour(), Y - 0.016);
        Brush.fill(
                g,
                Brush.shade(person.shoeColour(), 0.75),
                Brush.rounded(-rx - 0.004, Y - 0.034, rx + 0.004, Y - 0.014, 0.008));
    }

    /** Paints the top of the head down to a height. */
    private void dome(Color colour, double bottom) {
        Area dome = new Area(Brush.oval(0, Y - 0.002, rx + 0.005, ry + 0.005));
        dome.intersect(new Area(Brush.rect(-1, -1, 1, bottom)));
        Brush.fill(g, colour, dome);
    }
}
