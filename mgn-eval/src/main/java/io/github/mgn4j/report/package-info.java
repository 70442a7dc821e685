/** A report of an evaluation that people look at: one HTML page that needs nothing else, and the pictures beside it. */
@NullMarked
package io.github.mgn4j.report;

import org.jspecify.annotations.NullMarked;
