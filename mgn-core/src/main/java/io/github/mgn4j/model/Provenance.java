package io.github.mgn4j.model;

import com.google.common.collect.ImmutableList;
import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.github.mgn4j.internal.io.FileNames;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files that a model came from: the checkpoint that was imported, and the models that trainings started from. A model
 * file carries it as JSON under {@link #METADATA_KEY}. Weights of others have their own terms, and this is how to find them
 * again. Immutable.
 *
 * @param steps at least one, the oldest first
 */
public record Provenance(List<Step> steps) {
    /** The metadata key of the provenance in a model file. */
    public static final String METADATA_KEY = "mgn.provenance";

    private static final int VERSION = 1;

    /** A longer history loses its second step, so that the origin is kept. */
    private static final int MAX_STEPS = 64;

    private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

    /** The kind of a step. */
    public enum Kind {
        /** The file is a checkpoint that was imported. */
        IMPORT,
        /** The file is the model that a training started from. */
        TRAINING
    }

    /**
     * A file, and what was made of it.
     *
     * @param kind what was done
     * @param file the name of the file, without its folder
     * @param sha256 the SHA-256 of the file, 64 hexadecimal digits
     * @param layout the naming of an imported checkpoint's tensors; null for a training
     * @param date the time of an import, in whole seconds; null for a training, whose results do not depend on the time
     * @param library the version of this library
     */
    public record Step(
            Kind kind,
            String file,
            String sha256,
            @Nullable String layout,
            @Nullable Instant date,
            String library) {
        public Step {
            WeightsException.check(
                    SHA_256.matcher(sha256).matches(),
                    "a SHA-256 of 64 hexadecimal digits was expected, found '%s'",
                    sha256);
        }
    }

    public Provenance {
        WeightsException.check(
                !steps.isEmpty() && steps.size() <= MAX_STEPS,
                "a provenance has 1 to %s steps, not %s",
                MAX_STEPS,
                steps.size());
        steps = List.copyOf(steps);
    }

    /**
     * Returns the provenance of a model imported from a file.
     *
     * @param layout the label of the naming of its tensors
     * @param clock gives the date
     * @throws IOException if the file cannot be read
     */
    public static Provenance ofImport(Path file, String layout, Clock clock) throws IOException {
        Instant date = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        return new Provenance(List.of(new Step(Kind.IMPORT, name(file), sha256(file), layout, date, library())));
    }

    /**
     * Returns the provenance of a model whose training starts from a model file.
     *
     * @param start the model file
     * @param earlier the provenance of that model; null if it has none
     * @throws IOException if the file cannot be read
     */
    public static Provenance ofTraining(Path start, @Nullable Provenance earlier) throws IOException {
        List<Step> steps = new ArrayList<>(earlier == null ? List.of() : earlier.steps);
        if (steps.size() == MAX_STEPS) {
            steps.remove(1);
        }
        steps.add(new Step(Kind.TRAINING, name(start), sha256(start), null, null, library()));
        return new Provenance(steps);
    }

    private static String name(Path file) {
        return FileNames.text(file.toAbsolutePath().normalize().getFileName());
    }

    private static String sha256(Path file) throws IOException {
        return MoreFiles.asByteSource(file).hash(Hashing.sha256()).toString();
    }

    private static String library() {
        String version = Provenance.class.getPackage().getImplementationVersion();
        return "mgn4j " + (version == null ? "(development)" : version);
    }

    /** Returns the provenance as the JSON that model files hold. */
    public String toJson() {
        JsonArray array = new JsonArray();
        for (Step step : steps) {
            JsonObject json = new JsonObject();
            json.addProperty("kind", step.kind().name().toLowerCase(Locale.ROOT));
            json.addProperty("file", step.file());
            json.addProperty("sha256", step.sha256());
            if (step.layout() != null) {
                json.addProperty("layout", step.layout());
            }
            if (step.date() != null) {
                json.addProperty("date", step.date().toString());
            }
            json.addProperty("library", step.library());
            array.add(json);
        }
        JsonObject json = new JsonObject();
        json.addProperty("version", VERSION);
        json.add("steps", array);
        return json.toString();
    }

    /**
     * Parses the JSON that {@link #toJson} writes.
     *
     * @throws WeightsException if the text is not such JSON
     */
    public static Provenance parse(String text) {
        try {
            JsonObject json = JsonParser.parseString(text).getAsJsonObject();
            int version = json.get("version").getAsInt();
            WeightsException.check(version == VERSION, "a provenance of version %s is not known", version);
            ImmutableList.Builder<Step> steps = ImmutableList.builder();
            for (JsonElement step : json.getAsJsonArray("steps")) {
                steps.add(step(step.getAsJsonObject()));
            }
            return new Provenance(steps.build());
        } catch (JsonParseException
                | IllegalStateException
                | NullPointerException
                | ClassCastException
                | UnsupportedOperationException
                | NumberFormatException
                | DateTimeException e) {
            throw new WeightsException("the metadata '" + METADATA_KEY + "' is damaged", e);
        }
    }

    private static Step step(JsonObject json) {
        String name = json.get("kind").getAsString();
        Kind kind = Stream.of(Kind.values())
                .filter(known -> known.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst()
                .orElseThrow(() -> new WeightsException("a provenance of kind '" + name + "' is not known"));
        return new Step(
                kind,
                json.get("file").getAsString(),
                json.get("sha256").getAsString(),
                json.has("layout") ? json.get("layout").getAsString() : null,
                json.has("date") ? Instant.parse(json.get("date").getAsString()) : null,
                json.get("library").getAsString());
    }
}
