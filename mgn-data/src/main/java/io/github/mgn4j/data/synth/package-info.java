/**
 * Synthetic persons, drawn so that matching them across cameras is a real problem: a data set for demonstrations and tests
 * that requires no download and shows no real people.
 */
@NullMarked
package io.github.mgn4j.data.synth;

import org.jspecify.annotations.NullMarked;
