package io.github.mgn4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code train --dry-run} and {@code synth --masks}, with the share of activation in the report. */
class DryRunCommandTest {
    @TempDir
    Path folder;

    @Test
    void aDryRunPrintsAndWritesNothing() throws IOException {
        Workshop workshop = Workshop.in(folder);
        Map<String, String> before = workshop.snapshot();
        Workshop.Call call = workshop.mgn("train", "--data", "@data", "--recipe", "@recipe.yaml", "--dry-run")
                .ok();
        assertThat(workshop.snapshot()).isEqualTo(before);
        assertThat(call.err())
                .contains("warning: " + workshop.path("data") + " is not Market-1501 as published: train: 12936 images"
                        + " published, 16 found; train: 751 identities published, 4 found");
        assertThat(call.out())
                .contains("16 images of 4 identities to train on")
                .contains("epoch    a full pass, as many images as the training set has: 4 steps")
                .contains("steps    3, as 'iterations' says")
                .contains("memory   about ")
                .contains("time     about ")
                .contains(" parameters");
        assertThat(workshop.mgn(
                                "train",
                                "--data",
                                "@data",
                                "--recipe",
                                "@recipe.yaml",
                                "--dry-run",
                                "--out",
                                "@run",
                                "--epochs",
                                "5",
                                "--init",
                                "@model.safetensors")
                        .ok()
                        .out())
                .contains("steps    20 in 5 epochs");
        assertThat(workshop.snapshot()).isEqualTo(before);
    }

    @Test
    void whatATrainingRefusesADryRunRefuses() throws IOException {
        Workshop workshop = Workshop.in(folder);
        Map<String, String> before = workshop.snapshot();
        assertThat(workshop.mgn("train", "--dry-run").status()).isEqualTo(2);
        Workshop.Call tooMany = workshop.mgn("train", "--dry-run", "--data", "@data", "--recipe", "dukemtmc");
        assertThat(tooMany.status()).isEqualTo(2);
        assertThat(tooMany.err()).contains("16");
        Workshop.Call resumed = workshop.mgn("train", "--dry-run", "--data", "@data", "--resume", "--out", "@run");
        assertThat(resumed.status()).isEqualTo(2);
        assertThat(resumed.err()).contains("leave out --resume");
        assertThat(workshop.snapshot()).isEqualTo(before);
    }

    @Test
    void theRecipesOfTheArticleHaveNames() throws IOException {
        Workshop workshop = Workshop.in(folder);
        for (String name : new String[] {"market1501", "dukemtmc", "cuhk03-labeled", "cuhk03-detected.yaml"}) {
            assertThat(workshop.mgn("train", "--print-recipe", "--recipe", name)
                            .ok()
                            .out())
                    .contains("epochs: 80\n", "input: [384, 128]\n");
        }
    }

    @Test
    void aDataSetWithMasksHasTheShareInItsReport() throws IOException {
        Workshop workshop = Workshop.in(folder);
        workshop.mgn(
                        "synth",
                        "--out",
                        "@masked",
                        "--ids",
                        "4",
                        "--cameras",
                        "2",
                        "--images",
                        "2",
                        "--size",
                        "40x80",
                        "--masks")
                .ok();
        Map<String, String> images = Workshop.snapshot(workshop.path("data"));
        assertThat(Workshop.snapshot(workshop.path("masked"))).containsAllEntriesOf(images);
        assertThat(workshop.path("masked/masks/query")).isDirectoryContaining("glob:**.png");
        for (String data : new String[] {"data", "masked"}) {
            workshop.mgn(
                            "evaluate",
                            "--model",
                            "@model.safetensors",
                            "--data",
                            "@" + data,
                            "--report",
                            "@report-" + data)
                    .ok();
            String page = Files.readString(workshop.path("report-" + data).resolve("report.html"));
            assertThat(page.contains(" % on the person, who covers ")).isEqualTo(data.equals("masked"));
        }
    }
}
