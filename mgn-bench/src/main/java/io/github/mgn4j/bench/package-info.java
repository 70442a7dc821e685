/** JMH benchmarks; RESULTS.md has the figures and the commands. */
@NullMarked
package io.github.mgn4j.bench;

import org.jspecify.annotations.NullMarked;
