package io.github.mgn4j.model;

import com.google.common.collect.ImmutableSortedMap;
import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.util.Map;

/**
 * The magnitudes of a network's feature maps, which 8-bit arithmetic needs for its scales. Calibration measures them on
 * images like those of the later use. A model file carries them as JSON under {@link #METADATA_KEY}. Immutable.
 *
 * @param images number of calibration images
 * @param bounds the magnitude that maps to the largest integer, by convolution name, and under {@code images} for the
 *     input; larger values are clipped
 */
public record ActivationRanges(int images, Map<String, Float> bounds) {
    /** The metadata key of the ranges in a model file. */
    public static final String METADATA_KEY = "mgn.ranges";

    private static final int VERSION = 1;

    public ActivationRanges {
        WeightsException.check(images >= 1, "activation ranges need at least 1 image, not %s", images);
        bounds.forEach((name, bound) -> WeightsException.check(
                bound > 0 && Float.isFinite(bound), "activation range of '%s' must be above 0, not %s", name, bound));
        bounds = ImmutableSortedMap.copyOf(bounds);
    }

    /**
     * Returns the bound of a convolution's output, or of {@code images}.
     *
     * @throws WeightsException if there is none
     */
    public float bound(String name) {
        Float bound = bounds.get(name);
        if (bound == null) {
            throw new WeightsException(
                    "the model has no activation range for '%s': calibrate it again".formatted(name));
        }
        return bound;
    }

    /** Returns the ranges as the JSON that model files hold. */
    public String toJson() {
        JsonObject json = new JsonObject();
        json.addProperty("version", VERSION);
        json.addProperty("images", images);
        json.add("bounds", new Gson().toJsonTree(bounds));
        return json.toString();
    }

    /**
     * Parses the JSON that {@link #toJson} writes.
     *
     * @throws WeightsException if the text is not such JSON, or a bound is not a positive number
     */
    public static ActivationRanges parse(String text) {
        try {
            JsonObject json = JsonParser.parseString(text).getAsJsonObject();
            int version = json.get("version").getAsInt();
            WeightsException.check(version == VERSION, "activation ranges of version %s are not known", version);
            ImmutableSortedMap.Builder<String, Float> bounds = ImmutableSortedMap.naturalOrder();
            for (Map.Entry<String, JsonElement> entry :
                    json.getAsJsonObject("bounds").entrySet()) {
                bounds.put(entry.getKey(), entry.getValue().getAsFloat());
            }
            return new ActivationRanges(json.get("images").getAsInt(), bounds.buildOrThrow());
        } catch (JsonParseException
                | IllegalStateException
                | NullPointerException
                | ClassCastException
                | UnsupportedOperationException
                | NumberFormatException e) {
            throw new WeightsException("the metadata '" + METADATA_KEY + "' is damaged", e);
        }
    }
}
