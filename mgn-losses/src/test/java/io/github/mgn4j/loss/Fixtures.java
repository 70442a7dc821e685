package io.github.mgn4j.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What tools/reference/make_loss_fixtures.py wrote. */
final class Fixtures {
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Case(
            String kind,
            String name,
            int[] labels,
            @Nullable Double margin,
            double smoothing,
            double[][] input,
            double loss,
            double[][] gradient) {}

    static List<Case> of(String kind) {
        try (Reader reader = new InputStreamReader(
                Objects.requireNonNull(Fixtures.class.getResourceAsStream("/loss-fixtures.json")),
                StandardCharsets.UTF_8)) {
            List<Case> cases = Arrays.stream(new Gson().fromJson(reader, Case[].class))
                    .filter(c -> c.kind().equals(kind))
                    .toList();
            assertThat(cases).hasSizeGreaterThan(2);
            return cases;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void assertClose(double[][] found, double[][] wanted, double tolerance) {
        assertThat(found).hasDimensions(wanted.length, wanted[0].length);
        for (int i = 0; i < wanted.length; i++) {
            assertThat(found[i]).as("row " + i).containsExactly(wanted[i], within(tolerance));
        }
    }

    private Fixtures() {}
}
