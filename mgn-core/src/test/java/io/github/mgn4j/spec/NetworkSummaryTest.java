package io.github.mgn4j.spec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NetworkSummaryTest {
    @Test
    void thePapersNetworkHasItsPublishedSize() {
        MgnSpec spec = MgnSpec.mgn(751).toBuilder()
                .globalClassifier(ClassifierPosition.AFTER_REDUCTION)
                .build();
        NetworkSummary summary = NetworkSummary.of(spec);
        assertThat(summary.parameterCount()).isEqualTo(70_351_800);
        assertThat(summary.parameterCountWithoutClassifiers()).isEqualTo(68_807_744);
        assertThat(summary.macs() / 1e9).isBetween(11.8855, 11.8865);
    }
}
