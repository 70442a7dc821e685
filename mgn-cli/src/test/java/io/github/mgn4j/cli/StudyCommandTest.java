package io.github.mgn4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mgn4j.cli.Workshop.Call;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command study on a tiny data set. */
class StudyCommandTest {
    @TempDir
    static Path temp;

    private static Workshop workshop;

    @BeforeAll
    static void makeData() throws IOException {
        workshop = Workshop.in(temp);
        Files.writeString(workshop.path("rows.yaml"), """
                rows:
                  - name: one
                    networks: [{spec: global}]
                  - name: two
                    networks: [{spec: global}, {spec: part-2, recipe: {margin: 0.3}}]
                    normalise: true
                """);
    }

    private static Call study(String suite, String... more) {
        String[] args = {
            "study",
            "--data",
            "@data",
            "--suite",
            suite,
            "--recipe",
            "@recipe.yaml",
            "--iterations",
            "2",
            "--seeds",
            "1",
            "--k1",
            "3",
            "--k2",
            "2"
        };
        return workshop.mgn(java.util.stream.Stream.concat(java.util.Arrays.stream(args), java.util.Arrays.stream(more))
                .toArray(String[]::new));
    }

    @Test
    void runsAndResumes() throws IOException {
        Call call = study("@rows.yaml", "--out", "@study").ok();
        assertThat(call.out()).contains("| one |", "| two |");
        List<String> csv = Files.readAllLines(workshop.path("study/study.csv"));
        assertThat(csv).hasSize(3);
        assertThat(csv.get(0)).isEqualTo("row,seed,rank1,mAP,rank1_reranked,mAP_reranked,parameters,macs,seconds");
        assertThat(csv.get(1)).startsWith("one,1,");
        assertThat(workshop.path("study/study.html")).exists();
        Call again = study("@rows.yaml", "--out", "@study");
        assertThat(again.status()).isEqualTo(2);
        assertThat(again.err())
                .contains("study.json: belongs to an earlier study")
                .hasLineCount(1);
        assertThat(study("@rows.yaml", "--out", "@study", "--resume").ok().out())
                .isEqualTo(call.out());
        Call other = study("@rows.yaml", "--out", "@study", "--resume", "--width", "0.125");
        assertThat(other.status()).isEqualTo(2);
        assertThat(other.err())
                .contains("belongs to another study: the row \"one\"")
                .hasLineCount(1);
    }

    @Test
    void aDryRunPrintsThePlan() {
        Call call = study("@rows.yaml", "--dry-run").ok();
        assertThat(call.out())
                .contains("two: ", "2 networks joined", "margin 0.3")
                .contains("2 trainings of 2 steps (2 rows, 1 seeds", "estimated time on this machine: ");
    }

    /** From a model with the recipe's backbone; a network of another size has no start there. */
    @Test
    void trainingsStartFromAFile() throws IOException {
        workshop.mgn("train", "--data", "@data", "--recipe", "@recipe.yaml", "--iterations", "1", "--out", "@start")
                .ok();
        study("@rows.yaml", "--init", "@start/model.safetensors", "--out", "@started")
                .ok();
        assertThat(Files.readString(workshop.path("started/study.json"))).contains("\"start\": \"SHA-256 ");
        assertThat(Files.readString(workshop.path("started/study.md"))).contains("| one |");
        refused(
                study("@rows.yaml", "--init", "@start/model.safetensors", "--width", "0.125", "--out", "@none"),
                "row 'one' has a ResNet-");
        refused(study("@rows.yaml", "--init", "@gone.pth", "--out", "@none"), "gone.pth: no such file");
        assertThat(workshop.path("none")).doesNotExist();
    }

    @Test
    void whatIsWrongIsNamed() throws IOException {
        Files.writeString(workshop.path("wrong.yaml"), "rows: [{name: a, networks: [{spec: mgn, recipes: {}}]}]\n");
        refused(study("articles", "--out", "@none"), "unknown suite 'articles'; there are article, ");
        refused(study("@wrong.yaml", "--out", "@none"), "row 'a', network 1: unknown key 'recipes'");
        refused(study("@gone.yaml", "--out", "@none"), "gone.yaml");
        refused(study("@rows.yaml"), "--out DIR is missing");
        refused(
                study("@rows.yaml", "--out", "@none", "--input", "96"),
                "--input must be HxW in pixels, such as 384x128, not '96'");
        refused(
                workshop.mgn(
                        "study", "--data", "@data", "--suite", "losses", "--out", "@none", "--p", "2", "--k1", "900"),
                "needs 900");
        refused(study("@rows.yaml", "--out", "@none", "--p", "50"), "50");
        assertThat(workshop.path("none")).doesNotExist();
    }

    private static void refused(Call call, String message) {
        assertThat(call.status()).as(call.err()).isEqualTo(2);
        assertThat(call.err()).contains(message).hasLineCount(1);
    }
}
