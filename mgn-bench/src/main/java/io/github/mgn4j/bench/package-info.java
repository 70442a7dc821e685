/** Benchmarks, with JMH and as programs. RESULTS.md contains the figures and the commands. */
@NullMarked
package io.github.mgn4j.bench;

import org.jspecify.annotations.NullMarked;
