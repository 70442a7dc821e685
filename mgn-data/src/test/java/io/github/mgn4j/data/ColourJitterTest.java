package io.github.mgn4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.mgn4j.image.RgbImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Against tools/reference/make_colour_fixtures.py: torchvision's changes on Pillow images, equal to the byte. */
class ColourJitterTest {
    private static JsonObject fixtures() throws IOException {
        try (InputStream in = ColourJitterTest.class.getResourceAsStream("colours.json")) {
            return JsonParser.parseString(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .getAsJsonObject();
        }
    }

    private static void change(String name, byte[] rgb, double factor) {
        switch (name) {
            case "brightness" -> ColourAdjustments.brightness(rgb, factor);
            case "contrast" -> ColourAdjustments.contrast(rgb, factor);
            case "saturation" -> ColourAdjustments.saturation(rgb, factor);
            case "hue" -> ColourAdjustments.hue(rgb, factor);
            default -> throw new AssertionError(name);
        }
    }

    @Test
    void changesAreTorchvisionsToTheByte() throws IOException {
        JsonObject fixtures = fixtures();
        byte[] image = Base64.getDecoder().decode(fixtures.get("rgb").getAsString());
        int changes = 0;
        for (JsonElement element : fixtures.getAsJsonArray("changes")) {
            JsonObject change = element.getAsJsonObject();
            byte[] rgb = image.clone();
            change(change.get("change").getAsString(), rgb, change.get("factor").getAsDouble());
            assertThat(rgb)
                    .as("%s %s", change.get("change"), change.get("factor"))
                    .isEqualTo(Base64.getDecoder().decode(change.get("rgb").getAsString()));
            changes++;
        }
        assertThat(changes).isGreaterThan(30);
    }

    @Test
    void theHueOfManyColoursIsTurnedAsPillowDoes() throws IOException {
        turn(11);
    }

    @Test
    @Tag("slow")
    void theHueOfEveryColourIsTurnedAsPillowDoes() throws IOException {
        turn(1);
    }

    private static void turn(int stride) throws IOException {
        int checked = 0;
        for (JsonElement element : fixtures().getAsJsonArray("hue_of_colours")) {
            JsonObject fixture = element.getAsJsonObject();
            if (fixture.get("stride").getAsInt() == stride) {
                byte[] rgb = new byte[((1 << 24) + stride - 1) / stride * 3];
                for (int i = 0, colour = 0; i < rgb.length; i += 3, colour += stride) {
                    rgb[i] = (byte) (colour >> 16);
                    rgb[i + 1] = (byte) (colour >> 8);
                    rgb[i + 2] = (byte) colour;
                }
                ColourAdjustments.hue(rgb, fixture.get("turns").getAsDouble());
                CRC32 crc = new CRC32();
                crc.update(rgb);
                assertThat(crc.getValue())
                        .as(fixture.toString())
                        .isEqualTo(fixture.get("crc32").getAsLong());
                checked++;
            }
        }
        assertThat(checked).isEqualTo(2);
    }

    private static TrainingSample sample() {
        byte[] rgb = new byte[6 * 9 * 3];
        new SplittableRandom(6).nextBytes(rgb);
        return new TrainingSample(new RgbImage(6, 9, rgb), false);
    }

    /** Brightness alone: every image is one that a factor within the range makes. */
    @Test
    void factorsStayWithinTheirRange() {
        byte[] middle = new byte[3];
        Arrays.fill(middle, (byte) 100);
        TrainingSample gray = new TrainingSample(new RgbImage(1, 1, middle), false);
        ColourJitter jitter = new ColourJitter(1, 0.2, 0, 0, 0);
        SplittableRandom random = new SplittableRandom(1);
        Set<Integer> seen = new HashSet<>();
        for (int i = 0; i < 2000; i++) {
            int value = jitter.apply(gray, random).image().pixel(0, 0) & 0xff;
            assertThat(value).isBetween(80, 120);
            seen.add(value);
        }
        assertThat(seen).hasSizeGreaterThan(38);
    }

    /** Each change alone, and what it must leave as it is. */
    @Test
    void aStrengthOfZeroLeavesAlone() {
        SplittableRandom random = new SplittableRandom(2);
        assertThat(new ColourJitter(1, 0, 0, 0, 0).apply(sample(), random).image())
                .isEqualTo(sample().image());
        ColourJitter[] single = {
            new ColourJitter(1, 0.5, 0, 0, 0),
            new ColourJitter(1, 0, 0.5, 0, 0),
            new ColourJitter(1, 0, 0, 0.5, 0),
            new ColourJitter(1, 0, 0, 0, 0.3)
        };
        Set<RgbImage> results = new HashSet<>();
        for (ColourJitter jitter : single) {
            results.add(jitter.apply(sample(), new SplittableRandom(3)).image());
        }
        assertThat(results).hasSize(single.length).doesNotContain(sample().image());
    }

    @Test
    void halfOfTheImagesAreChangedAndTheSameSeedChangesAlike() {
        SplittableRandom random = new SplittableRandom(4);
        int changed = 0;
        for (int i = 0; i < 1000; i++) {
            changed += ColourJitter.FAST_REID.apply(sample(), random).image().equals(sample().image()) ? 0 : 1;
        }
        assertThat(changed).isBetween(430, 570);
        assertThat(ColourJitter.FAST_REID.apply(sample(), new SplittableRandom(9)))
                .isEqualTo(ColourJitter.FAST_REID.apply(sample(), new SplittableRandom(9)));
        assertThat(Augmentations.parse("jitter")
                        .apply(sample(), new SplittableRandom(9))
                        .image())
                .isEqualTo(ColourJitter.FAST_REID
                        .apply(sample(), new SplittableRandom(9))
                        .image());
    }

    @Test
    void impossibleStrengthsAreRefused() {
        assertThatThrownBy(() -> new ColourJitter(0.5, 0, 0, 0, 0.6))
                .isInstanceOf(DatasetException.class)
                .hasMessage("the hue jitter must lie within 0 and 0.5, not 0.6");
        assertThatThrownBy(() -> new ColourJitter(2, 0, 0, 0, 0)).isInstanceOf(DatasetException.class);
        assertThatThrownBy(() -> new ColourJitter(1, Double.NaN, 0, 0, 0)).isInstanceOf(DatasetException.class);
    }
}
