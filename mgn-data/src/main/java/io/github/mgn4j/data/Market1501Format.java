package io.github.mgn4j.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads Market-1501 (Zheng et al., Scalable Person Re-identification, ICCV 2015) and data sets with the same file names.
 * The images of a folder {@code gt_bbox}, if present, are {@link ReidDataset#multiQuery()}.
 */
public final class Market1501Format implements DatasetFormat {
    @Override
    public String name() {
        return "market1501";
    }

    @Override
    public String expects() {
        return BoxFolders.MARKET.expects();
    }

    @Override
    public boolean recognises(Path root) throws IOException {
        return BoxFolders.MARKET
                .style(root)
                .filter(BoxFolders.Style.MARKET::equals)
                .isPresent();
    }

    @Override
    public ReidDataset read(Path root) throws IOException {
        return BoxFolders.MARKET.read(name(), root);
    }

    @Override
    public List<PublishedCounts> published() {
        return List.of(new PublishedCounts(
                "Market-1501",
                new PublishedCounts.Split(12_936, 751),
                new PublishedCounts.Split(3_368, 750),
                new PublishedCounts.Split(19_732, 750)));
    }
}
