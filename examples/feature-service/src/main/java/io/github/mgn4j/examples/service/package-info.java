/** A feature service on the smallest class path. */
@NullMarked
package io.github.mgn4j.examples.service;

import org.jspecify.annotations.NullMarked;
