/**
 * A searchable gallery of features: {@link io.github.mgn4j.gallery.Gallery} answers who is near, among entries that are added,
 * replaced and removed while it is searched, and keeps them in a folder.
 */
@NullMarked
package io.github.mgn4j.gallery;

import org.jspecify.annotations.NullMarked;
