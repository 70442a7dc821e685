package io.github.mgn4j.image;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a model expects of its images besides their size: how they are resized and normalised, and whether features are
 * means over an image and its mirror. Stored in the model file under {@link #METADATA_KEY}, such as
 * {@code {"mean":[0.485,0.456,0.406],"std":[0.229,0.224,0.225],"interpolation":"bicubic","flip":false}}. Immutable.
 *
 * @param mean mean of red, green and blue on the scale 0..1
 * @param standardDeviation standard deviation of red, green and blue on the scale 0..1, above 0
 * @param resampling the interpolation that resizes images
 * @param flip whether a feature is the mean of those of the image and its mirror
 */
public record Preprocessing(List<Float> mean, List<Float> standardDeviation, Resampling resampling, boolean flip) {
    /** The metadata key in a model file. */
    public static final String METADATA_KEY = "mgn.preprocessing";

    private static final List<String> KEYS = List.of("mean", "std", "interpolation", "flip");

    private static final Preprocessing IMAGENET = new Preprocessing(
            List.of(0.485f, 0.456f, 0.406f), List.of(0.229f, 0.224f, 0.225f), Resampling.BILINEAR, true);

    public Preprocessing {
        mean = List.copyOf(mean);
        standardDeviation = List.copyOf(standardDeviation);
        boolean valid = mean.size() == RgbImage.CHANNELS
                && standardDeviation.size() == RgbImage.CHANNELS
                && mean.stream().allMatch(Float::isFinite)
                && standardDeviation.stream().allMatch(value -> Float.isFinite(value) && value > 0);
        if (!valid) {
            throw new ImageException(
                    "preprocessing needs three finite means and three standard deviations above 0, not %s and %s"
                            .formatted(mean, standardDeviation));
        }
    }

    /** Returns the paper's: ImageNet's mean and standard deviation, bilinear, with mirrors. */
    public static Preprocessing imageNet() {
        return IMAGENET;
    }

    /** Returns this preprocessing with another mean and standard deviation. */
    public Preprocessing withNormalisation(List<Float> newMean, List<Float> newDeviation) {
        return new Preprocessing(newMean, newDeviation, resampling, flip);
    }

    /** Returns this preprocessing with another interpolation. */
    public Preprocessing withResampling(Resampling filter) {
        return new Preprocessing(mean, standardDeviation, filter, flip);
    }

    /** Returns this preprocessing with or without mirrors. */
    public Preprocessing withFlip(boolean on) {
        return new Preprocessing(mean, standardDeviation, resampling, on);
    }

    /** Returns the normalised value of a byte: {@code (value / 255 - mean) / deviation} in float32. */
    public float normalised(int channel, int value) {
        return (value / 255f - mean.get(channel)) / standardDeviation.get(channel);
    }

    /** Returns the JSON of a model file. */
    public String toJson() {
        JsonObject json = new JsonObject();
        json.add("mean", array(mean));
        json.add("std", array(standardDeviation));
        json.addProperty("interpolation", label(resampling));
        json.addProperty("flip", flip);
        return json.toString();
    }

    /**
     * Reads the JSON of a model file.
     *
     * @throws ImageException if the text is not such JSON
     */
    public static Preprocessing parse(String text) {
        try {
            JsonObject json = JsonParser.parseString(text).getAsJsonObject();
            if (!json.keySet().equals(Set.copyOf(KEYS))) {
                throw new ImageException("preprocessing has the keys %s, not %s".formatted(KEYS, json.keySet()));
            }
            String name = json.get("interpolation").getAsString();
            Resampling resampling = Stream.of(Resampling.values())
                    .filter(filter -> label(filter).equals(name))
                    .findFirst()
                    .orElseThrow(() -> new ImageException("unknown interpolation '" + name + "'"));
            return new Preprocessing(
                    floats(json.get("mean")),
                    floats(json.get("std")),
                    resampling,
                    json.get("flip").getAsBoolean());
        } catch (JsonParseException | IllegalStateException | UnsupportedOperationException | NumberFormatException e) {
            throw new ImageException("preprocessing is no JSON object as expected: " + e.getMessage());
        }
    }

    private static String label(Resampling filter) {
        return filter.name().toLowerCase(Locale.ROOT);
    }

    private static JsonArray array(List<Float> values) {
        JsonArray array = new JsonArray();
        values.forEach(array::add);
        return array;
    }

    private static List<Float> floats(JsonElement json) {
        List<Float> values = new ArrayList<>();
        json.getAsJsonArray().forEach(value -> values.add(value.getAsFloat()));
        return values;
    }
}
