package io.github.mgn4j.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.github.mgn4j.fixtures.RandomSpecs;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpecJsonTest {
    @Test
    void writesThePapersNetworkAsDocumented() {
        assertThat(SpecJson.write(MgnSpec.mgn(751)))
                .isEqualTo("{\"version\":1,\"backbone\":{\"depth\":50,\"width\":1.0},"
                        + "\"input\":{\"height\":384,\"width\":128},\"split\":{\"stage\":3,\"blocks\":1},"
                        + "\"branches\":[{\"global\":true,\"stripes\":[],\"unit_stride_stages\":[]},"
                        + "{\"global\":true,\"stripes\":[2],\"unit_stride_stages\":[4]},"
                        + "{\"global\":true,\"stripes\":[3],\"unit_stride_stages\":[4]}],"
                        + "\"pooling\":\"max\",\"embedding\":256,\"global_classifier\":\"before_reduction\","
                        + "\"classes\":751}");
    }

    @Test
    void anySpecComesBackAsItWas() {
        Random random = new Random(1);
        for (int i = 0; i < 1000; i++) {
            MgnSpec spec = RandomSpecs.next(random);
            assertThat(SpecJson.parse(SpecJson.write(spec))).isEqualTo(spec);
        }
    }

    @Test
    void everyMissingKeyIsNamed() {
        for (Path path : paths()) {
            JsonObject json = SpecJson.toJson(MgnSpec.mgn(751));
            path.parent(json).remove(path.key);
            assertThatThrownBy(() -> SpecJson.fromJson(json))
                    .isInstanceOf(SpecException.class)
                    .hasMessage("spec key '%s' is missing", path.name);
        }
    }

    @Test
    void everyWrongTypeIsNamed() {
        List<Supplier<JsonElement>> wrong =
                List.of(() -> JsonNull.INSTANCE, () -> new JsonPrimitive("three"), JsonObject::new);
        for (Path path : paths()) {
            for (Supplier<JsonElement> value : wrong) {
                JsonObject json = SpecJson.toJson(MgnSpec.mgn(751));
                JsonElement old = path.parent(json).get(path.key);
                if (old.isJsonObject() && value.get().isJsonObject()) {
                    continue; // then its first key is missing
                }
                path.parent(json).add(path.key, value.get());
                assertThatThrownBy(() -> SpecJson.fromJson(json))
                        .isInstanceOf(SpecException.class)
                        .hasMessageStartingWith("spec key '%s' must be ", path.name);
            }
        }
    }

    @Test
    void unknownKeysAreNamedWhereverTheyAre() {
        JsonObject top = SpecJson.toJson(MgnSpec.mgn(751));
        top.addProperty("dropout", 0.5);
        assertThatThrownBy(() -> SpecJson.fromJson(top)).hasMessage("unknown spec key 'dropout'");
        JsonObject inner = SpecJson.toJson(MgnSpec.mgn(751));
        inner.getAsJsonArray("branches").get(1).getAsJsonObject().addProperty("part", 2);
        assertThatThrownBy(() -> SpecJson.fromJson(inner)).hasMessage("unknown spec key 'branches[1].part'");
    }

    @ParameterizedTest
    @CsvSource({"1.5", "1e30", "-9999999999", "1e-999999999"})
    void integersAreExact(String number) {
        String text = SpecJson.write(MgnSpec.mgn(751)).replace("751", number);
        assertThatThrownBy(() -> SpecJson.parse(text))
                .isInstanceOf(SpecException.class)
                .hasMessage("spec key 'classes' must be an integer, not " + number);
    }

    @Test
    void onlyWhatVersionOneCannotSayIsWrittenAsVersionTwo() {
        MgnSpec plain = MgnSpec.mgn(751);
        assertThat(SpecJson.write(plain)).startsWith("{\"version\":1,").doesNotContain("variants", "epsilon");
        MgnSpec neck = plain.toBuilder()
                .globalClassifier(ClassifierPosition.AFTER_REDUCTION)
                .variants(Variant.BN_NECK, Variant.IBN_A)
                .build();
        assertThat(SpecJson.write(neck))
                .startsWith("{\"version\":2,")
                .contains("\"inner_ratio\":1,\"epsilon\":1.0E-5", "\"variants\":[\"ibn_a\",\"bn_neck\"]");
        String unknown = SpecJson.write(neck).replace("ibn_a", "ibn_b");
        assertThatThrownBy(() -> SpecJson.parse(unknown))
                .hasMessageStartingWith("spec key 'variants[0]' must be one of [ibn_a, linear_stem,")
                .hasMessageEndingWith("not \"ibn_b\"");
    }

    @Test
    void anotherVersionIsRefusedBeforeItsKeysAre() {
        String text = SpecJson.write(MgnSpec.mgn(751)).replace("\"version\":1", "\"version\":3,\"more\":1");
        assertThatThrownBy(() -> SpecJson.parse(text)).hasMessage("spec version 3 is not known, only 1 to 2");
    }

    @ParameterizedTest
    @CsvSource(
            value = {"''", "[]", "{", "3", "{} {}", "null", "{'version':1}"},
            quoteCharacter = '~')
    void textThatIsNoObjectIsRefused(String text) {
        assertThatThrownBy(() -> SpecJson.parse(text)).isInstanceOf(SpecException.class);
    }

    @Test
    void deepNestingIsRefused() {
        assertThatThrownBy(() -> SpecJson.parse("[".repeat(100_000)))
                .isInstanceOf(SpecException.class)
                .hasMessageStartingWith("a spec is one JSON object, found '[[[");
    }

    /** Where a key stands in the JSON of the paper's network: in the object {@code owner}, or at the top. */
    private record Path(String name, String owner, String key) {
        static Path of(String name) {
            int dot = name.lastIndexOf('.');
            return new Path(name, name.substring(0, Math.max(dot, 0)), name.substring(dot + 1));
        }

        JsonObject parent(JsonObject root) {
            return switch (owner) {
                case "" -> root;
                case "branches[0]" -> root.getAsJsonArray("branches").get(0).getAsJsonObject();
                default -> root.getAsJsonObject(owner);
            };
        }
    }

    private static List<Path> paths() {
        List<Path> paths = new ArrayList<>();
        for (String name : new String[] {
            "version",
            "backbone",
            "backbone.depth",
            "backbone.width",
            "input",
            "input.height",
            "input.width",
            "split",
            "split.stage",
            "split.blocks",
            "branches",
            "branches[0].global",
            "branches[0].stripes",
            "branches[0].unit_stride_stages",
            "pooling",
            "embedding",
            "global_classifier",
            "classes"
        }) {
            paths.add(Path.of(name));
        }
        return paths;
    }

    /** Found by fuzzing: a quoted key broke the message into lines. */
    @Test
    void messagesAreOneLine() {
        String json = SpecJson.write(MgnSpec.mgn(4)).replace("\"pooling\"", "\"pooli\\ng\"");
        assertThatThrownBy(() -> SpecJson.parse(json))
                .isInstanceOf(SpecException.class)
                .hasMessage("unknown spec key 'pooli; g'");
    }
}
