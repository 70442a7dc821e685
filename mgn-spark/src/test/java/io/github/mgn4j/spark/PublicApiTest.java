package io.github.mgn4j.spark;

import io.github.mgn4j.fixtures.PublicApi;
import org.junit.jupiter.api.Test;

/** As mgn-bench's test of the other modules; here because Spark is on this class path alone. */
class PublicApiTest {
    @Test
    void theApiIsTheCommittedOne() throws Exception {
        PublicApi.check("mgn-spark");
    }
}
