package io.github.mgn4j.train;

import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.checkpoint.Safetensors;
import io.github.mgn4j.checkpoint.TensorFile;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.Provenance;
import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.WeightsException;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.spec.Parameter;
import io.github.mgn4j.spec.SpecJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The whole state of a training, as one file, so that it can continue as if never stopped. The file is a model file
 * ({@link ModelFile} reads the network in it) with the optimizer's state as additional tensors and the rest as JSON in
 * its metadata. Sampling and augmentation are pure functions of the recipe's seed and the iteration, so they need no
 * state. Immutable.
 *
 * @param model weights and running statistics
 * @param recipe the recipe of the run
 * @param iteration number of steps taken
 * @param optimizerSteps {@link Optimizer#steps()}
 * @param optimizerState {@link Optimizer#state()}; entries of a parameter's shape are in the layout of model files
 * @param data {@link BatchSource#fingerprint()} of the training data
 * @param threads number of OpenMP threads that computed it. The order of sums depends on it, and with it the last
 *     digits of the weights. 0 if unknown: on a GPU, or in files written before it was stored
 * @param ownParts the program's own parts that replace the recipe's: the names of the loss terms under {@code
 *     objective}, {@link Optimizer#name()} under {@code optimizer}; empty for a run that follows its recipe alone
 * @param notes texts of the application, by names of its own
 */
public record Checkpoint(
        Model model,
        Recipe recipe,
        long iteration,
        long optimizerSteps,
        Map<String, Tensor> optimizerState,
        String data,
        int threads,
        Map<String, String> ownParts,
        Map<String, String> notes) {
    /** The metadata key of the state that is not tensors. */
    static final String TRAINING_KEY = "mgn_training";

    private static final int VERSION = 1;

    public Checkpoint {
        optimizerState = ImmutableMap.copyOf(optimizerState);
        ownParts = ImmutableMap.copyOf(ownParts);
        notes = ImmutableMap.copyOf(notes);
    }

    /** Checks that a part is the program's own exactly if it was in this run. */
    void checkOwn(String part, boolean own) {
        String before = ownParts.get(part);
        RecipeException.check(
                own || before == null,
                "the run was made with its program's own %s (%s): it is resumed by a program that sets the same",
                part,
                before);
        RecipeException.check(
                !own || before != null, "the run's %s was its recipe's, and cannot be a program's own now", part);
    }

    /**
     * Checks that the program's own parts have the names that they have in this run. {@link #checkOwn} checks their
     * presence.
     */
    void checkParts(Map<String, String> now) {
        now.forEach((part, name) -> RecipeException.check(
                name.equals(ownParts.get(part)),
                "the run's own %s was %s, and cannot be %s now",
                part,
                ownParts.get(part),
                name));
    }

    /**
     * Saves the checkpoint atomically. The same checkpoint always gives the same bytes.
     *
     * @throws IOException if the file cannot be written
     */
    public void save(Path file) throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Parameter parameter : NetworkSummary.of(model.spec()).parameters()) {
            tensors.put(parameter.name(), model.weights().get(parameter.name()));
        }
        optimizerState.forEach((name, tensor) -> tensors.put(ModelFile.TRAINING_PREFIX + name, tensor));
        ImmutableMap.Builder<String, String> metadata = ImmutableMap.builder();
        metadata.put(ModelFile.SPEC_KEY, SpecJson.write(model.spec()));
        metadata.put(TRAINING_KEY, json().toString());
        if (model.provenance() != null) {
            metadata.put(Provenance.METADATA_KEY, model.provenance().toJson());
        }
        Safetensors.write(file, tensors, metadata.buildOrThrow());
    }

    private JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("version", VERSION);
        json.addProperty("iteration", iteration);
        json.addProperty("optimizer_steps", optimizerSteps);
        json.addProperty("data", data);
        json.addProperty("threads", threads);
        json.addProperty("recipe", RecipeYaml.format(recipe));
        if (!ownParts.isEmpty()) {
            json.add("own_parts", texts(ownParts));
        }
        json.add("notes", texts(notes));
        return json;
    }

    private static JsonObject texts(Map<String, String> values) {
        JsonObject texts = new JsonObject();
        values.forEach(texts::addProperty);
        return texts;
    }

    private static Map<String, String> texts(JsonObject texts) {
        ImmutableMap.Builder<String, String> values = ImmutableMap.builder();
        for (Map.Entry<String, JsonElement> text : texts.entrySet()) {
            values.put(text.getKey(), text.getValue().getAsString());
        }
        return values.buildOrThrow();
    }

    /**
     * Loads a checkpoint saved by {@link #save}. Its tensors are views of the mapped file.
     *
     * @throws WeightsException if the file is not a checkpoint
     * @throws IOException if it cannot be read
     */
    public static Checkpoint load(Path file) throws IOException {
        TensorFile content = Safetensors.read(file);
        String text = content.metadata().get(TRAINING_KEY);
        if (text == null) {
            throw new WeightsException(
                    "%s: no checkpoint of a training: the metadata '%s' is missing".formatted(file, TRAINING_KEY));
        }
        Model model = ModelFile.toModel(file, content);
        ImmutableMap.Builder<String, Tensor> state = ImmutableMap.builder();
        content.tensors().forEach((name, tensor) -> {
            if (name.startsWith(ModelFile.TRAINING_PREFIX)) {
                tensor.firstNotFinite().ifPresent(i -> {
                    throw new WeightsException("%s: tensor '%s' is %s at value %s, expected a finite value"
                            .formatted(file, name, tensor.get(i), i));
                });
                state.put(name.substring(ModelFile.TRAINING_PREFIX.length()), tensor);
            }
        });
        try {
            JsonObject json = JsonParser.parseString(text).getAsJsonObject();
            int version = json.get("version").getAsInt();
            if (version != VERSION) {
                throw new WeightsException(
                        "%s: checkpoint version %s is not known, only %s".formatted(file, version, VERSION));
            }
            return new Checkpoint(
                    model,
                    RecipeYaml.parse(json.get("recipe").getAsString(), file + ", recipe"),
                    json.get("iteration").getAsLong(),
                    json.get("optimizer_steps").getAsLong(),
                    state.buildOrThrow(),
                    json.get("data").getAsString(),
                    json.has("threads") ? json.get("threads").getAsInt() : 0,
                    json.has("own_parts") ? texts(json.getAsJsonObject("own_parts")) : Map.of(),
                    texts(json.getAsJsonObject("notes")));
        } catch (JsonParseException
                | IllegalStateException
                | NullPointerException
                | NumberFormatException
                | ClassCastException
                | UnsupportedOperationException e) {
            throw new WeightsException(file + ": its metadata '" + TRAINING_KEY + "' is not as expected", e);
        }
    }
}
