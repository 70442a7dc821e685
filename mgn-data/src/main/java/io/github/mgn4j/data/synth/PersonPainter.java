package io.github.mgn4j.data.synth;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.Path2D;

/**
 * Paints a person from the head at (0, 0) to the soles at (0, 1): legs, trunk, arms and bag, from back to front. In side
 * view, people face +x; the caller mirrors them.
 */
final class PersonPainter {
    private static final double SHOULDER = 0.2;
    private static final double HIP = 0.5;
    private static final double WAIST = 0.36;

    private final Graphics2D g;
    private final Person person;
    private final Pose pose;
    private final ClothPainter cloth;
    private final HeadPainter head;
    private final boolean side;
    private final double b;

    PersonPainter(Graphics2D g, Person person, Pose pose) {
        this.g = g;
        this.person = person;
        this.pose = pose;
        cloth = new ClothPainter(g, person);
        head = new HeadPainter(g, person);
        side = pose.view() == Pose.View.SIDE;
        b = person.build();
    }

    void paint() {
        Brush.fill(g, new Color(0, 0, 0, 70), Brush.oval(0.01, 0.985, 0.16 * b, 0.022));
        switch (pose.view()) {
            case FRONT -> front();
            case BACK -> back();
            case SIDE -> sideways();
        }
    }

    private void front() {
        if (person.bag() == Person.Bag.BACKPACK) {
            Brush.fill(g, Brush.shade(person.bagColour(), 0.8), Brush.rounded(-0.122 * b, 0.2, 0.122 * b, 0.42, 0.04));
        }
        head.hairBehind();
        legs();
        arm(-1, pose.leftArm(), false);
        arm(1, pose.rightArm(), false);
        trunk();
        openFront();
        cloth.logo(0, 0.275, 0.04);
        straps();
        if (pose.armRaised()) {
            raisedArm();
        }
        head.paint(pose.view());
    }

    private void back() {
        legs();
        arm(-1, pose.leftArm(), false);
        arm(1, pose.rightArm(), false);
        trunk();
        if (person.printOnBack()) {
            cloth.logo(0, 0.29, 0.048);
        }
        straps();
        if (person.bag() == Person.Bag.BACKPACK) {
            backpack(0, 0.088 * b);
        }
        head.paint(pose.view());
    }

    private void sideways() {
        arm(0, pose.leftArm(), false);
        if (person.bag() == Person.Bag.BACKPACK) {
            backpack(-0.095 * b - 0.02, 0.06);
        }
        legs();
        trunk();
        head.paint(pose.view());
        arm(0, pose.armRaised() ? 60 : pose.rightArm(), true);
        if (person.bag() == Person.Bag.SHOULDER && bagIsNear()) {
            g.setColor(Brush.shade(person.bagColour(), 0.8));
            g.fill(Brush.limb(0.0, 0.19, 0.018, 0.02, 0.46, 0.018));
            satchel(0.01, 0.49);
        }
    }

    private boolean bagIsNear() {
        return person.bagOnLeft() == pose.facesLeft();
    }

    private void legs() {
        boolean skirt = person.bottom() == Person.Bottom.SKIRT || person.top() == Person.Top.DRESS;
        if (side) {
            leg(-0.008, -24 * pose.stride(), Math.max(0, 22 * pose.stride()), 0.8, skirt, false);
            leg(0.008, 24 * pose.stride(), Math.max(0, -22 * pose.stride()), 1, skirt, true);
        } else {
            double apart = 1.5 + 2 * Math.abs(pose.stride());
            leg(-0.05 * b, -apart, Math.max(0, 3 * pose.stride()), pose.stride() > 0 ? 0.88 : 1, skirt, false);
            leg(0.05 * b, apart, Math.max(0, -3 * pose.stride()), pose.stride() > 0 ? 1 : 0.88, skirt, true);
        }
        if (skirt && person.top() != Person.Top.DRESS) {
            double hip = (side ? 0.078 : 0.108) * b;
            cloth.plain(
                    Brush.polygon(-hip * 0.85, 0.44, hip * 0.85, 0.44, hip * 1.4, 0.7, -hip * 1.4, 0.7),
                    person.bottomColour(),
                    1);
        }
    }

    private void leg(double x, double angle, double bend, double light, boolean skirt, boolean last) {
        // A bent leg leaves the ground; the other one carries.
        double lift = side ? 0 : bend * 0.006;
        double kneeX = x + 0.235 * Brush.sin(angle);
        double kneeY = HIP + 0.235 * Brush.cos(angle) - lift;
        double shin = angle - bend;
        double ankleX = kneeX + 0.225 * Brush.sin(shin);
        double ankleY = kneeY + 0.225 * Brush.cos(shin);
        double wide = person.bottom() == Person.Bottom.WIDE ? 1.3 : 1;
        Path2D thigh = Brush.limb(x, HIP, 0.1 * b, kneeX, kneeY, 0.068 * b * wide);
        Path2D calf = Brush.limb(kneeX, kneeY, 0.066 * b * wide, ankleX, ankleY, 0.046 * b * wide * wide);
        shoe(ankleX, ankleY, light, last);
        if (skirt || person.bottom() == Person.Bottom.SHORTS) {
            cloth.plain(Brush.limb(kneeX, kneeY, 0.058 * b, ankleX, ankleY, 0.036 * b), person.skin(), light);
            cloth.plain(thigh, skirt ? person.skin() : person.bottomColour(), light);
        } else {
            thigh.append(calf, false);
            cloth.plain(thigh, person.bottomColour(), light);
        }
        if (person.sideStripe() && !skirt) {
            double outside = side ? 0 : (last ? 0.03 : -0.03) * b;
            Brush.fill(g, person.second(), Brush.limb(x + outside, HIP, 0.018, kneeX + outside * 0.8, kneeY, 0.016));
            if (person.bottom() != Person.Bottom.SHORTS) {
                Brush.fill(
                        g,
                        person.second(),
                        Brush.limb(kneeX + outside * 0.8, kneeY, 0.016, ankleX + outside * 0.5, ankleY, 0.014));
            }
        }
        if (person.shoes() == Person.Shoes.BOOTS) {
            double t = 0.45;
            cloth.plain(
                    Brush.limb(
                            kneeX + (ankleX - kneeX) * t,
                            kneeY + (ankleY - kneeY) * t,
                            0.07 * b,
                            ankleX,
                            ankleY,
                            0.058),
                    person.shoeColour(),
                    light);
        }
    }

    private void shoe(double x, double y, double light, boolean last) {
        Shape shoe = side
                ? Brush.rounded(x - 0.032, y - 0.01, x + 0.08, y + 0.036, 0.02)
                : Brush.rounded(x - (last ? 0.03 : 0.04), y - 0.01, x + (last ? 0.04 : 0.03), y + 0.036, 0.02);
        cloth.plain(shoe, person.shoeColour(), light);
        Brush.fill(
                g,
                Brush.shade(person.shoeColour(), 0.5),
                Brush.rect(
                        shoe.getBounds2D().getMinX(),
                        y + 0.028,
                        shoe.getBounds2D().getMaxX(),
                        y + 0.036));
    }

    private void trunk() {
        double shoulder = (side ? 0.066 : 0.122) * b;
        double waist = (side ? 0.068 : 0.1) * b;
        double hip = (side ? 0.07 : 0.105) * b;
        double hem = switch (person.top()) {
            case TEE, SLEEVES -> 0.52;
            case HOODIE -> 0.535;
            case JACKET -> 0.56;
            case COAT -> 0.72;
            case DRESS -> 0.7;
        };
        double flare = person.top() == Person.Top.DRESS ? 1.5 : person.top() == Person.Top.COAT ? 1.2 : 1;
        Path2D path = new Path2D.Double();
        path.moveTo(-0.036, 0.15);
        path.quadTo(-shoulder * 0.9, 0.16, -shoulder, SHOULDER + 0.005);
        path.lineTo(-waist, WAIST);
        path.lineTo(-hip * flare, hem);
        path.lineTo(hip * flare, hem);
        path.lineTo(waist, WAIST);
        path.lineTo(shoulder, SHOULDER + 0.005);
        path.quadTo(shoulder * 0.9, 0.16, 0.036, 0.15);
        path.closePath();
        cloth.trunk(path);
        if (person.top() == Person.Top.HOODIE) {
            Brush.fill(g, Brush.shade(person.topColour(), 0.75), Brush.rounded(-0.062, 0.13, 0.062, 0.19, 0.03));
        }
    }

    /** Paints the shirt in the opening of a jacket or coat. */
    private void openFront() {
        if (person.top() == Person.Top.JACKET || person.top() == Person.Top.COAT) {
            double hem = person.top() == Person.Top.COAT ? 0.7 : 0.54;
            Brush.fill(
                    g,
                    Brush.shade(person.second(), 0.95),
                    Brush.polygon(-0.03, 0.155, 0.03, 0.155, 0.042, hem, -0.042, hem));
        }
    }

    /**
     * Paints an arm at the left (-1) or right (1) edge of a body seen from the front or back, or in its middle (0).
     */
    private void arm(int edge, double angle, boolean near) {
        double x = edge * 0.105 * b;
        double out = edge == 0 ? angle : edge * angle;
        double forearm = edge == 0 ? out + pose.bend() : out - edge * pose.bend() * 0.3;
        double light = near ? 1.08 : 0.9;
        double elbowX = x + 0.16 * Brush.sin(out);
        double elbowY = SHOULDER + 0.012 + 0.16 * Brush.cos(out);
        double handX = elbowX + 0.15 * Brush.sin(forearm);
        double handY = elbowY + 0.15 * Brush.cos(forearm);
        limbs(x, elbowX, elbowY, handX, handY, light);
        boolean carries = edge == 0
                ? near == bagIsNear()
                : (edge == 1) == (person.bagOnLeft() == (pose.view() == Pose.View.FRONT));
        if (person.bag() == Person.Bag.HANDBAG && carries) {
            handbag(handX, handY);
        }
    }

    private void raisedArm() {
        double x = 0.105 * b;
        limbs(x, x + 0.02, SHOULDER + 0.165, 0.02, 0.27, 1.05);
    }

    private void limbs(double x, double elbowX, double elbowY, double handX, double handY, double light) {
        Path2D upper = Brush.limb(x, SHOULDER + 0.012, 0.066 * b, elbowX, elbowY, 0.054 * b);
        Brush.fill(g, Brush.shade(person.skin(), light), Brush.oval(handX, handY + 0.012, 0.021, 0.026));
        if (person.top() == Person.Top.TEE || person.top() == Person.Top.DRESS) {
            cloth.plain(Brush.limb(elbowX, elbowY, 0.044 * b, handX, handY, 0.034), person.skin(), light);
            cloth.plain(Brush.limb(x, SHOULDER + 0.012, 0.05 * b, elbowX, elbowY, 0.044 * b), person.skin(), light);
            double t = 0.62;
            cloth.sleeve(
                    Brush.limb(
                            x,
                            SHOULDER + 0.012,
                            0.066 * b,
                            x + (elbowX - x) * t,
                            SHOULDER + 0.012 + (elbowY - SHOULDER - 0.012) * t,
                            0.064 * b),
                    light);
        } else {
            upper.append(Brush.limb(elbowX, elbowY, 0.054 * b, handX, handY, 0.044 * b), false);
            cloth.sleeve(upper, light);
        }
    }

    private void straps() {
        boolean fromFront = pose.view() == Pose.View.FRONT;
        g.setColor(Brush.shade(person.bagColour(), 0.85));
        if (person.bag() == Person.Bag.BACKPACK && fromFront) {
            g.fill(Brush.rounded(-0.082 * b, 0.165, -0.054 * b, 0.37, 0.01));
            g.fill(Brush.rounded(0.054 * b, 0.165, 0.082 * b, 0.37, 0.01));
        } else if (person.bag() == Person.Bag.SHOULDER) {
            int at = person.bagOnLeft() == fromFront ? 1 : -1;
            g.fill(Brush.limb(-at * 0.07 * b, 0.17, 0.02, at * 0.1 * b, 0.46, 0.02));
            satchel(at * 0.115 * b, 0.49);
        }
    }

    private void satchel(double x, double y) {
        cloth.plain(Brush.rounded(x - 0.06, y - 0.055, x + 0.06, y + 0.055, 0.012), person.bagColour(), 1);
        Brush.fill(g, Brush.shade(person.bagColour(), 0.7), Brush.rect(x - 0.06, y - 0.02, x + 0.06, y - 0.012));
    }

    private void handbag(double x, double y) {
        g.setColor(Brush.shade(person.bagColour(), 0.7));
        g.fill(Brush.limb(x - 0.03, y + 0.06, 0.01, x, y + 0.015, 0.01));
        g.fill(Brush.limb(x + 0.03, y + 0.06, 0.01, x, y + 0.015, 0.01));
        cloth.plain(Brush.rounded(x - 0.058, y + 0.05, x + 0.058, y + 0.145, 0.012), person.bagColour(), 1);
    }

    private void backpack(double x, double halfWidth) {
        cloth.plain(Brush.rounded(x - halfWidth, 0.185, x + halfWidth, 0.43, 0.045), person.bagColour(), 1);
        cloth.plain(
                Brush.rounded(x - halfWidth * 0.7, 0.32, x + halfWidth * 0.7, 0.415, 0.02), person.bagColour(), 0.72);
    }
}
