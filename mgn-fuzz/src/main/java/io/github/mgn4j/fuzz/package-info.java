/** Targets for the coverage-guided fuzzer Jazzer, one for each kind of file that is read. */
@NullMarked
package io.github.mgn4j.fuzz;

import org.jspecify.annotations.NullMarked;
