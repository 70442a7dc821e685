package io.github.mgn4j.cli;

import io.github.mgn4j.data.DatasetFormat;
import io.github.mgn4j.data.DatasetFormats;
import io.github.mgn4j.data.PublishedCounts;
import io.github.mgn4j.data.ReidDataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A format from outside: laid out as Market-1501, but with so few images published that a test can have all of them. */
public final class TinyFormat implements DatasetFormat {
    @Override
    public String name() {
        return "tiny";
    }

    @Override
    public String expects() {
        return "the same as market1501";
    }

    @Override
    public boolean recognises(Path root) {
        return false;
    }

    @Override
    public ReidDataset read(Path root) throws IOException {
        return DatasetFormats.named("market1501").read(root);
    }

    @Override
    public List<PublishedCounts> published() {
        return List.of(new PublishedCounts(
                "Tiny-4",
                new PublishedCounts.Split(16, 4),
                new PublishedCounts.Split(8, 4),
                new PublishedCounts.Split(20, 4)));
    }
}
