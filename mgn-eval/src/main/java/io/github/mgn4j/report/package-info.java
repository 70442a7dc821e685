/** Reports of evaluations: one self-contained HTML page, and its pictures as files beside it. */
@NullMarked
package io.github.mgn4j.report;

import org.jspecify.annotations.NullMarked;
