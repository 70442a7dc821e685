/**
 * The trainer: recipes, optimizers, learning rate schedules, and the loop that turns batches of images into better
 * weights.
 */
@NullMarked
package io.github.mgn4j.train;

import org.jspecify.annotations.NullMarked;
