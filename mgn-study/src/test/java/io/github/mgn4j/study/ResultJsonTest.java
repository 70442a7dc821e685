package io.github.mgn4j.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.eval.AttentionShare;
import io.github.mgn4j.eval.ReidMetrics;
import io.github.mgn4j.spec.Presets;
import io.github.mgn4j.train.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The file of a row's scores, and a branch that depends on nothing, in the file and in the tables. */
class ResultJsonTest {
    private static final ReidMetrics METRICS = new ReidMetrics(4, 0, List.of(0.5, 0.75), 0.25, 0.5, 0.125);

    private static final List<AttentionShare> ATTENTION = List.of(
            new AttentionShare("global", 0.625, 0.25, 32), new AttentionShare("part-2", Double.NaN, Double.NaN, 0));

    @TempDir
    Path folder;

    @Test
    void isReadAsItWasWritten() throws IOException {
        Path file = folder.resolve("row.json");
        ResultJson.Scores scores = new ResultJson.Scores(null, METRICS, METRICS, List.of(), ATTENTION);
        ResultJson.write(file, scores);
        assertThat(Files.readString(file)).doesNotContain("NaN");
        assertThat(ResultJson.read(file)).isEqualTo(scores);
        ResultJson.write(file, ResultJson.Scores.diverged("step 7"));
        assertThat(ResultJson.read(file)).isEqualTo(ResultJson.Scores.diverged("step 7"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{\"lists\":[],\"attention\":{}}",
                "{\"lists\":[],\"attention\":[1]}",
                "{\"lists\":[],\"attention\":[{\"branch\":\"a\",\"images\":\"x\"}]}",
                "{\"lists\":[],\"attention\":[{}]}"
            })
    void whatIsNoResultIsNamed(String text) throws IOException {
        Path file = folder.resolve("row.json");
        Files.writeString(file, text);
        assertThatThrownBy(() -> ResultJson.read(file))
                .isInstanceOf(StudyException.class)
                .hasMessageContaining("row.json: not a result of a study");
    }

    @Test
    void aBranchThatDependsOnNothingHasNoFigureInTheTables() {
        Recipe recipe = Recipe.market1501();
        StudyRow row = StudyRow.of("mine", StudyNetwork.of(Presets.named("mgn", 5), recipe));
        StudyTable table = new StudyTable(
                List.of(row),
                List.of(new StudyResult("mine", 1, null, METRICS, METRICS, List.of(), ATTENTION, 1, 2, 3)));
        assertThat(table.attentionCsv()).endsWith("mine,1,global,0.625,0.25,32\nmine,1,part-2,,,0\n");
        assertThat(table.markdown()).contains("global 62.5, part-2 \u2013 |");
    }
}
