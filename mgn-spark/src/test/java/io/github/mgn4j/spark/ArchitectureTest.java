package io.github.mgn4j.spark;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** As mgn-cli's test of the other modules, with Spark's own rules; here because Spark is on this class path alone. */
@AnalyzeClasses(packages = "io.github.mgn4j.spark", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule IT_NEITHER_PRINTS_NOR_EXITS = noClasses()
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .orShould()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .callMethod(Throwable.class, "printStackTrace");

    /** These differ between Spark 3.5 and 4, and one jar serves both. */
    @ArchTest
    static final ArchRule IT_USES_NOTHING_OF_ONE_LINE_OF_SPARK = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.apache.spark.sql.classic..",
                    "org.apache.spark.sql.connect..",
                    "org.apache.spark.sql.catalyst..");
}
