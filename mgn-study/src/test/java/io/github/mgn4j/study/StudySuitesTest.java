package io.github.mgn4j.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.loss.Objective;
import io.github.mgn4j.spec.Branch;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.Pooling;
import io.github.mgn4j.spec.SpecJson;
import io.github.mgn4j.train.NetworkSettings;
import io.github.mgn4j.train.Recipe;
import io.github.mgn4j.train.RecipeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rows of suites and files. */
class StudySuitesTest {
    private static final Recipe BASE = Recipe.market1501();

    @TempDir
    Path temp;

    @Test
    void theArticlesRows() {
        List<StudyRow> rows = StudySuites.named("article", BASE);
        assertThat(rows.stream().map(StudyRow::name))
                .containsExactly(
                        "ResNet-50",
                        "ResNet-101",
                        "global",
                        "part-2",
                        "part-3",
                        "G+P2+P3 (single)",
                        "MGN without triplet",
                        "MGN, triplet on stripes too",
                        "MGN",
                        "PCB");
        assertThat(rows.get(5).networks())
                .containsExactly(
                        rows.get(2).networks().get(0),
                        rows.get(3).networks().get(0),
                        rows.get(4).networks().get(0));
        assertThat(objective(rows.get(6)).tripletTerms()).isEmpty();
        assertThat(objective(rows.get(7)).tripletTerms()).hasSize(8).allMatch(t -> t.weight() == 1 / 8.0);
        assertThat(objective(rows.get(8)).tripletTerms()).hasSize(3);
        assertThat(rows.get(8).networks().get(0).spec()).isEqualTo(MgnSpec.mgn(1));
    }

    @Test
    void pcbIsThePublishedOne() {
        StudyRow pcb = StudySuites.article(BASE).get(9);
        MgnSpec spec = pcb.networks().get(0).spec();
        Recipe recipe = pcb.networks().get(0).recipe();
        assertThat(spec.features()).hasSize(6).allMatch(f -> f.dims() == 2048);
        assertThat(spec.globalFeatures()).isEmpty();
        assertThat(spec.pooling()).isEqualTo(Pooling.AVG);
        assertThat(spec.embedding()).isEqualTo(256);
        assertThat(objective(pcb).softmaxTerms()).hasSize(6).allMatch(t -> Math.abs(t.weight() - 1) < 1e-12);
        // 0.1 for new layers, 0.01 for the backbone, a tenth after 40 of 60 epochs.
        assertThat(recipe.schedule().at(0, 3, 240)).isEqualTo(0.01);
        assertThat(recipe.parameters().newLayersLr()).isEqualTo(10);
        assertThat(recipe.schedule().at(159, 3, 240)).isEqualTo(0.01);
        assertThat(recipe.schedule().at(160, 3, 240)).isEqualTo(0.001);
    }

    @ParameterizedTest
    @CsvSource({"article,10", "granularities,6", "losses,8"})
    void everySuiteTakesTheSizeOfTheRecipesNetwork(String name, int count) {
        Recipe small = BASE.toBuilder()
                .network(new NetworkSettings("mgn", 18, 0.125, new InputSize(96, 32), null, 16, null))
                .build();
        List<StudyRow> rows = StudySuites.named(name, small);
        assertThat(rows).hasSize(count);
        for (StudyRow row : rows) {
            for (StudyNetwork network : row.networks()) {
                assertThat(network.spec().input()).isEqualTo(new InputSize(96, 32));
                assertThat(network.spec().backbone().width()).isEqualTo(0.125);
                assertThat(network.spec().backbone().depth()).isIn(18, 101);
                network.usedObjective().check(network.spec(), 4);
            }
        }
        assertThatThrownBy(() -> StudySuites.named(name + "s", small))
                .isInstanceOf(StudyException.class)
                .hasMessage("unknown suite '%ss'; there are article, granularities, losses, or a FILE.yaml"
                        .formatted(name));
    }

    @Test
    void rowsOfAFile() throws IOException {
        MgnSpec mine = MgnSpec.builder().branches(Branch.part(4)).build();
        Files.writeString(temp.resolve("mine.json"), SpecJson.write(mine));
        List<StudyRow> rows = read("""
                rows:
                  - name: joined
                    networks: [{spec: global, recipe: {margin: 0.3}}, {spec: part-2}]
                    normalise: true
                  - name: mine
                    networks: [{spec: mine.json, triplet-on-stripes: true}]
                """);
        assertThat(rows.stream().map(StudyRow::name)).containsExactly("joined", "mine");
        assertThat(rows.get(0).normalise()).isTrue();
        assertThat(rows.get(0).networks().get(0).recipe().losses().margin()).isEqualTo(0.3);
        assertThat(rows.get(0).networks().get(1).recipe()).isEqualTo(BASE);
        assertThat(rows.get(1).networks().get(0).spec()).isEqualTo(mine);
        assertThat(objective(rows.get(1)).tripletTerms()).hasSize(5);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lines: []|unknown key 'lines'; there are [rows]",
                "rows: []|rows must be a list of at least one entry, not []",
                "rows: [{name: a, network: [{spec: mgn}]}]|row 1: unknown key 'network'",
                "rows: [{networks: [{spec: mgn}]}]|row 1: name must be a text",
                "rows: [{name: a, networks: [{spec: mgm}]}]|unknown spec 'mgm'; there are mgn, ",
                "rows: [{name: a, networks: [{spec: mgn, recipe: {lrr: 1}}]}]|row 'a', network 1: unknown setting 'lrr'",
                "rows: [{name: a, networks: [{spec: mgn, recipe: {p: x}}]}]|row 'a', network 1: p must be",
                "rows: [{name: a, networks: [{spec: mgn, recipe: {seed: 1}}]}]|recipe.seed does not belong here",
                "rows: [{name: a, networks: [{spec: mgn}], normalise: 3}]|normalise must be true or false, not 3",
                "rows: [|study.yaml, line "
            })
    void whatIsWrongInAFileIsNamed(String text, String message) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOfAny(StudyException.class, RecipeException.class)
                .hasMessageContaining("study.yaml")
                .hasMessageContaining(message);
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> StudyYaml.read(temp.resolve("none.yaml"), BASE))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("none.yaml");
        assertThatThrownBy(() -> read("rows: [{name: a, networks: [{spec: gone.json}]}]"))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("gone.json");
    }

    private List<StudyRow> read(String text) throws IOException {
        Path file = temp.resolve("study.yaml");
        Files.writeString(file, text);
        return StudyYaml.read(file, BASE);
    }

    private static Objective objective(StudyRow row) {
        return row.networks().get(0).usedObjective();
    }
}
