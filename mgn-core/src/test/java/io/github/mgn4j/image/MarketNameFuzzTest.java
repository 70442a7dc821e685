package io.github.mgn4j.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Any name is read as a parser written by hand, without a regular expression, reads it; never an exception. */
class MarketNameFuzzTest {
    private static final Path FOLDER = Path.of("query");

    private static final String[] NAMES = {
        "0002_c1s1_000451_03.jpg", "-1_c6s3_013592_04.jpg", "0000_c3s2_000001_00.jpg", "0001_c2_f0046182.jpg",
                "1_c1.png",
        "123456789_c123456789.jpg", "0776_c001_00016450_0.jpg", "Thumbs.db", "readme.txt", ""
    };

    private static final String ALPHABET =
            "0123456789--__ccsf.jpg \n\0\u0660\u0969\uff11\u00e9\ud83d\ude00\ud800CS/\\+";

    @Test
    void readsAnyNameAsAParserByHandDoes() {
        Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            check(random);
        }
    }

    /** For {@code -Dfuzz.seconds} (20) from {@code -Dfuzz.seed} (1). */
    @Test
    @Tag("slow")
    void readsAnyNameForLong() {
        Random random = new Random(Long.getLong("fuzz.seed", 1));
        long end = System.nanoTime()
                + Duration.ofSeconds(Long.getLong("fuzz.seconds", 20)).toNanos();
        while (System.nanoTime() - end < 0) {
            check(random);
        }
    }

    private static void check(Random random) {
        String name = name(random);
        assertThat(MarketName.parse(FOLDER, name)).as("\"%s\"", name).isEqualTo(byHand(name));
    }

    private static String name(Random random) {
        StringBuilder name = new StringBuilder(NAMES[random.nextInt(NAMES.length)]);
        for (int changes = random.nextInt(5); changes > 0; changes--) {
            int at = random.nextInt(name.length() + 1);
            char c = ALPHABET.charAt(random.nextInt(ALPHABET.length()));
            switch (random.nextInt(4)) {
                case 0 -> name.insert(at, c);
                case 1 -> name.replace(at, Math.min(name.length(), at + 1), String.valueOf(c));
                case 2 -> name.delete(at, Math.min(name.length(), at + 1 + random.nextInt(3)));
                default ->
                    name.insert(at, String.valueOf(c).repeat(random.nextInt(random.nextInt(50) == 0 ? 5000 : 12)));
            }
        }
        return name.toString();
    }

    private static Optional<ReidImage> byHand(String name) {
        boolean junk = name.startsWith("-1");
        int pidEnd = junk ? 2 : digits(name, 0);
        if (pidEnd == 0 || (!junk && pidEnd > 9) || !name.startsWith("_c", pidEnd)) {
            return Optional.empty();
        }
        int camid = pidEnd + 2;
        int end = digits(name, camid);
        return end == camid || end - camid > 9
                ? Optional.empty()
                : Optional.of(new ReidImage(
                        FOLDER,
                        name,
                        Integer.parseInt(name.substring(0, pidEnd)),
                        Integer.parseInt(name.substring(camid, end))));
    }

    private static int digits(String name, int from) {
        int end = from;
        while (end < name.length() && name.charAt(end) >= '0' && name.charAt(end) <= '9') {
            end++;
        }
        return end;
    }
}
