package io.github.mgn4j.bench;

import io.github.mgn4j.fixtures.PublicApi;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compares what a module offers to its users with the file {@code api/MODULE.txt}, so that no change of it goes unseen. A change
 * that is meant is written by {@code -Dmgn.api.write=true} and committed; CHANGELOG.md says what users have to do. Packages named
 * {@code internal} are not offered. This module has the test because its class path is all modules' but mgn-spark's, which has its own.
 */
class PublicApiTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "mgn-core",
                "mgn-samediff",
                "mgn-losses",
                "mgn-data",
                "mgn-train",
                "mgn-eval",
                "mgn-study",
                "mgn-gallery",
                "mgn-onednn",
                "mgn-onnx",
                "mgn-cudnn",
                "mgn-dl4j"
            })
    void theApiIsTheCommittedOne(String module) throws Exception {
        PublicApi.check(module);
    }
}
