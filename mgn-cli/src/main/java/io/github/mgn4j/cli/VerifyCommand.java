package io.github.mgn4j.cli;

import com.google.gson.JsonObject;
import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.internal.io.FileNames;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.verify.Comparison;
import io.github.mgn4j.verify.VerificationException;
import io.github.mgn4j.verify.VerificationThresholds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = "Decide whether two images show the same person.",
        footer = {
            "",
            "The thresholds are those that 'evaluate --store-thresholds' stored in the model. With --threshold, 'far' is the"
                    + " smallest stored rate whose threshold is at least T, otherwise 'unknown'."
        })
final class VerifyCommand implements Callable<Integer> {
    /** The exit code of {@code --exit-code} for different people. */
    static final int DIFFERENT = 3;

    @Option(names = "--model", required = true, paramLabel = "MODEL", description = "Model file.")
    private Path model = Path.of("");

    @Parameters(index = "0", paramLabel = "A.jpg", description = "First image.")
    private Path first = Path.of("");

    @Parameters(index = "1", paramLabel = "B.jpg", description = "Second image.")
    private Path second = Path.of("");

    @ArgGroup
    private Limit limit = new Limit();

    @Option(names = "--exit-code", description = "Exit with " + DIFFERENT + " for different people.")
    private boolean exitCode;

    @Mixin
    private JsonOption json;

    @Mixin
    private OutputOptions output;

    VerifyCommand(Terminal terminal) {
        output = new OutputOptions(terminal);
        json = new JsonOption(terminal);
    }

    /** The limit of distances that count as the same person. */
    static final class Limit {
        @Option(
                names = "--far",
                paramLabel = "RATE",
                description = "Accept at most this fraction of the pairs of different people (default: "
                        + VerificationThresholds.DEFAULT_RATE
                        + "): the threshold of the largest stored rate that is not above it.")
        private @Nullable Double rate;

        @Option(names = "--threshold", paramLabel = "T", description = "Accept distances up to T.")
        private @Nullable Double distance;

        void check() {
            if (rate != null && !(rate > 0 && rate < 1)) {
                throw new IllegalArgumentException("--far must lie between 0 and 1, not " + rate);
            }
            if (distance != null && !(distance >= 0 && Double.isFinite(distance))) {
                throw new IllegalArgumentException("--threshold must be 0 or more and finite, not " + distance);
            }
        }
    }

    @Override
    public Integer call() throws IOException {
        limit.check();
        json.check(output);
        Model loaded = ModelFile.load(model);
        Comparison verdict = compare(loaded);
        json.write(Json.text(object(verdict)), text(verdict));
        return exitCode && !verdict.same() ? DIFFERENT : 0;
    }

    private Comparison compare(Model loaded) throws IOException {
        VerificationThresholds stored = loaded.thresholds();
        double rate = limit.rate == null ? VerificationThresholds.DEFAULT_RATE : limit.rate;
        if (limit.distance == null) {
            checkStored(stored, rate); // before an engine is opened
        }
        try (FeatureExtractor extractor = FeatureExtractor.builder(loaded)
                .flip(stored == null ? loaded.preprocessing().flip() : stored.flip())
                .build()) {
            if (limit.distance == null) {
                return extractor.compare(first, second, rate);
            }
            DistanceMetric metric = stored == null ? DistanceMetric.EUCLIDEAN : stored.metric();
            return new Comparison(
                    metric.between(extractor.extract(first), extractor.extract(second)),
                    limit.distance,
                    stored == null ? OptionalDouble.empty() : stored.falseAcceptRate(limit.distance));
        }
    }

    private void checkStored(@Nullable VerificationThresholds stored, double rate) {
        try {
            VerificationThresholds.require(stored).at(rate);
        } catch (VerificationException e) {
            throw new IllegalArgumentException(model + ": " + e.getMessage(), e);
        }
    }

    private static String text(Comparison verdict) {
        return String.format(
                Locale.ROOT,
                "%s distance %.6g threshold %.6g far %s",
                verdict.same() ? "same" : "different",
                verdict.distance(),
                verdict.threshold(),
                verdict.falseAcceptRate().isPresent()
                        ? ThresholdsText.rate(verdict.falseAcceptRate().getAsDouble())
                        : "unknown");
    }

    private JsonObject object(Comparison verdict) {
        JsonObject object = new JsonObject();
        object.addProperty("same", verdict.same());
        object.addProperty("distance", verdict.distance());
        object.addProperty("threshold", verdict.threshold());
        object.addProperty(
                "far",
                verdict.falseAcceptRate().isPresent()
                        ? verdict.falseAcceptRate().getAsDouble()
                        : null);
        object.addProperty("a", FileNames.text(first));
        object.addProperty("b", FileNames.text(second));
        return object;
    }
}
