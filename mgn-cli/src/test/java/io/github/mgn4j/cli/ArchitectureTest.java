package io.github.mgn4j.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The house rules that a compiler does not check: what may know what, and who may print. */
@AnalyzeClasses(packages = "io.github.mgn4j", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ROOT = "io.github.mgn4j.";

    @ArchTest
    static final ArchRule NO_CYCLES_BETWEEN_PACKAGES =
            slices().matching(ROOT + "(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule MODULES_KNOW_ONLY_WHAT_IS_BELOW_THEM = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("core")
            .definedBy(
                    ROOT + "spec..",
                    ROOT + "io..",
                    ROOT + "weights..",
                    ROOT + "image..",
                    ROOT + "features..",
                    ROOT + "engine..",
                    ROOT + "graph..",
                    ROOT + "plan..",
                    ROOT + "extract..")
            .layer("onednn")
            .definedBy(ROOT + "onednn..")
            .layer("losses")
            .definedBy(ROOT + "loss..")
            .layer("data")
            .definedBy(ROOT + "data..")
            .layer("train")
            .definedBy(ROOT + "train..")
            .layer("eval")
            .definedBy(ROOT + "eval..", ROOT + "report..")
            .layer("onnx")
            .definedBy(ROOT + "onnx..")
            .layer("cli")
            .definedBy(ROOT + "cli..")
            .whereLayer("cli")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("onednn")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("onnx")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("train")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("eval")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("losses")
            .mayOnlyBeAccessedByLayers("train", "cli")
            .whereLayer("data")
            .mayOnlyBeAccessedByLayers("train", "eval", "cli");

    /** Activation maps are handed in: a report is written with any engine. */
    @ArchTest
    static final ArchRule THE_REPORT_KNOWS_NO_GRAPH = noClasses()
            .that()
            .resideInAPackage(ROOT + "report..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ROOT + "graph..", ROOT + "plan..");

    @ArchTest
    static final ArchRule THE_LIBRARY_NEITHER_PRINTS_NOR_EXITS = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + "cli..")
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .orShould()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .callMethod(Throwable.class, "printStackTrace");

    @ArchTest
    static final ArchRule THE_SPEC_KNOWS_NO_ND4J = noClasses()
            .that()
            .resideInAnyPackage(
                    ROOT + "spec..",
                    ROOT + "io..",
                    ROOT + "weights..",
                    ROOT + "image..",
                    ROOT + "features..",
                    ROOT + "eval..",
                    ROOT + "report..",
                    ROOT + "onednn..",
                    ROOT + "onnx..",
                    ROOT + "data",
                    ROOT + "data.synth..")
            .and()
            .haveNameNotMatching(".*\\.eval\\.Nd4jProducts")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.nd4j..");
}
