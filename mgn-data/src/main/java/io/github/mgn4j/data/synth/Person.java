package io.github.mgn4j.data.synth;

import java.awt.Color;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The appearance of an identity, under every camera and in every pose.
 *
 * @param build width of the body relative to the average
 * @param second colour of the top's pattern, or of the shirt under a jacket
 */
record Person(
        double build,
        double headSize,
        Color skin,
        Hair hair,
        Color hairColour,
        Top top,
        Color topColour,
        Pattern pattern,
        Color second,
        Bottom bottom,
        Color bottomColour,
        boolean sideStripe,
        Shoes shoes,
        Color shoeColour,
        Bag bag,
        Color bagColour,
        boolean bagOnLeft,
        Logo logo,
        Color logoColour,
        boolean printOnBack) {
    enum Hair {
        BALD,
        SHORT,
        LONG,
        PONYTAIL,
        CAP,
        BEANIE
    }

    enum Top {
        TEE,
        SLEEVES,
        JACKET,
        COAT,
        HOODIE,
        DRESS
    }

    enum Pattern {
        PLAIN,
        HOOPS,
        STRIPES,
        CHECK,
        HALVES,
        BAND,
        SASH,
        DOTS,
        RAGLAN
    }

    enum Bottom {
        TROUSERS,
        WIDE,
        SHORTS,
        SKIRT
    }

    enum Shoes {
        LOW,
        BOOTS
    }

    enum Bag {
        NONE,
        BACKPACK,
        SHOULDER,
        HANDBAG
    }

    enum Logo {
        NONE,
        DISC,
        SQUARE,
        TRIANGLE,
        STAR,
        CROSS
    }

    // Dark and gray clothes are frequent, as in the street: colours alone do not distinguish people.
    private static final List<Color> CLOTHES = colours(
            0x222226, 0x222226, 0x2A2E55, 0x82868A, 0x82868A, 0xDEDCD4, 0xDEDCD4, 0xB42D32, 0x3157A8, 0x3157A8,
            0x3C7A4E, 0xDDB738, 0xD98AA2, 0x7A5438, 0xD87030, 0x6E4A8C);
    private static final List<Color> TROUSERS =
            colours(0x26262A, 0x26262A, 0x3A4E7C, 0x3A4E7C, 0x2A2E4A, 0x74777A, 0xB5A27C, 0xDAD8D0, 0x664A34, 0x8C3038);
    private static final List<Color> SKIN = colours(0xF0CDB2, 0xE2B491, 0xC08A62, 0x8C5A3C, 0x5C3A28);
    private static final List<Color> HAIR = colours(0x1C1816, 0x3A281C, 0x6A4626, 0xC09A56, 0x9A9A98, 0x8C3A1E);
    private static final List<Color> ACCENTS =
            colours(0x1E1E22, 0xE6E4DC, 0xC02E34, 0x2C58B4, 0xE0BC34, 0x3C8A54, 0xE07A30, 0xC87A9C, 0x6A4A30);

    private static List<Color> colours(int... rgb) {
        return Arrays.stream(rgb).mapToObj(Color::new).toList();
    }

    static Person random(SplittableRandom random) {
        Color top = pick(CLOTHES, random);
        return new Person(
                0.85 + 0.4 * random.nextDouble(),
                0.92 + 0.2 * random.nextDouble(),
                pick(SKIN, random),
                pick(List.of(Hair.values()), random),
                pick(HAIR, random),
                pick(List.of(Top.values()), random),
                top,
                pattern(random),
                contrasting(CLOTHES, top, random),
                pick(List.of(Bottom.TROUSERS, Bottom.TROUSERS, Bottom.WIDE, Bottom.SHORTS, Bottom.SKIRT), random),
                pick(TROUSERS, random),
                random.nextInt(5) == 0,
                random.nextInt(3) == 0 ? Shoes.BOOTS : Shoes.LOW,
                pick(ACCENTS, random),
                pick(List.of(Bag.NONE, Bag.NONE, Bag.BACKPACK, Bag.SHOULDER, Bag.HANDBAG), random),
                contrasting(ACCENTS, top, random),
                random.nextBoolean(),
                // Most clothes have none: the paper's example of a detail that distinguishes two people.
                random.nextInt(5) < 3 ? Logo.NONE : pick(List.of(Logo.values()), random),
                contrasting(ACCENTS, top, random),
                random.nextBoolean());
    }

    private static Pattern pattern(SplittableRandom random) {
        return random.nextInt(4) == 0 ? Pattern.PLAIN : pick(List.of(Pattern.values()), random);
    }

    /** Returns another person who looks similar: all but a few details are the same. */
    Person lookAlike(SplittableRandom random) {
        Person other = random(random);
        boolean clothes = random.nextBoolean();
        return new Person(
                build,
                headSize,
                skin,
                other.hair,
                other.hairColour,
                top,
                topColour,
                clothes ? other.pattern : pattern,
                second,
                bottom,
                clothes ? bottomColour : other.bottomColour,
                sideStripe,
                other.shoes,
                other.shoeColour,
                other.bag,
                other.bagColour,
                other.bagOnLeft,
                other.logo,
                other.logoColour,
                printOnBack);
    }

    /** Returns another person in the same clothes: head, shoes, bag and logo are others. */
    Person withDetails(SplittableRandom random) {
        Person other = random(random);
        return new Person(
                build,
                headSize,
                skin,
                other.hair,
                other.hairColour,
                top,
                topColour,
                pattern,
                second,
                bottom,
                bottomColour,
                sideStripe,
                other.shoes,
                other.shoeColour,
                other.bag,
                contrasting(ACCENTS, topColour, random),
                other.bagOnLeft,
                other.logo,
                contrasting(ACCENTS, topColour, random),
                other.printOnBack);
    }

    private static <T> T pick(List<T> values, SplittableRandom random) {
        return values.get(random.nextInt(values.size()));
    }

    /** Returns a colour that is visible beside another. */
    private static Color contrasting(List<Color> colours, Color beside, SplittableRandom random) {
        Color colour = pick(colours, random);
        while (distance(colour, beside) < 120) {
            colour = pick(colours, random);
        }
        return colour;
    }

    private static int distance(Color a, Color b) {
        return Math.abs(a.getRed() - b.getRed())
                + Math.abs(a.getGreen() - b.getGreen())
                + Math.abs(a.getBlue() - b.getBlue());
    }
}
