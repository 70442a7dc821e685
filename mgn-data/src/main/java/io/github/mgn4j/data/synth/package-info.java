/**
 * People who do not exist, drawn so that finding them again under another camera is a real problem: a data set for
 * demonstrations and tests that needs nothing fetched and shows nobody.
 */
@NullMarked
package io.github.mgn4j.data.synth;

import org.jspecify.annotations.NullMarked;
