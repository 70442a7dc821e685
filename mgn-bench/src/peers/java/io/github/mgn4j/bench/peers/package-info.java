/** Other software behind the interface of our engines, to be measured beside them; only in builds with the profile peers. */
@NullMarked
package io.github.mgn4j.bench.peers;

import org.jspecify.annotations.NullMarked;
