package io.github.mgn4j.cli;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.image.Preprocessing;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.Provenance;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.Presets;
import io.github.mgn4j.verify.VerificationThresholds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "info",
        mixinStandardHelpOptions = true,
        description =
                "Show a model's network: parameters, multiply-accumulates per image, feature layout, and the files it came from.")
final class InfoCommand implements Callable<Integer>, WithoutEngine {
    /** Number of identities in the training set of Market-1501. */
    private static final int CLASSES = 751;

    @ArgGroup(multiplicity = "1")
    private Source source = new Source();

    @Mixin
    private JsonOption json;

    @Mixin
    private OutputOptions output;

    InfoCommand(Terminal terminal) {
        output = new OutputOptions(terminal);
        json = new JsonOption(terminal);
    }

    /** Either a file or a preset. */
    static final class Source {
        @Parameters(paramLabel = "MODEL", description = "Model file.")
        private @Nullable Path model;

        @Option(
                names = "--preset",
                paramLabel = "NAME",
                description =
                        "A network without weights, with 751 classes: mgn, resnet50, resnet101, global, part-2 or part-3.")
        private @Nullable String preset;

        Shown read() throws IOException {
            if (preset != null) {
                return new Shown(Presets.named(preset, CLASSES), Preprocessing.imageNet(), null, null);
            }
            Model loaded = ModelFile.load(Objects.requireNonNull(model));
            return new Shown(loaded.spec(), loaded.preprocessing(), loaded.thresholds(), loaded.provenance());
        }
    }

    /** The contents to show. */
    private record Shown(
            MgnSpec spec,
            Preprocessing preprocessing,
            @Nullable VerificationThresholds thresholds,
            @Nullable Provenance provenance) {}

    @Override
    public Integer call() throws IOException {
        json.check(output);
        Shown shown = source.read();
        JsonObject object = SpecText.json(shown.spec());
        object.add("preprocessing", JsonParser.parseString(shown.preprocessing().toJson()));
        String text = SpecText.text(shown.spec(), shown.preprocessing());
        if (shown.thresholds() != null) {
            object.add("thresholds", JsonParser.parseString(shown.thresholds().toJson()));
            text += "\n" + ThresholdsText.text(shown.thresholds());
        }
        if (shown.provenance() != null) {
            object.add("provenance", JsonParser.parseString(shown.provenance().toJson()));
            text += "\n" + ProvenanceText.text(shown.provenance());
        }
        json.write(Json.text(object), text);
        return 0;
    }
}
