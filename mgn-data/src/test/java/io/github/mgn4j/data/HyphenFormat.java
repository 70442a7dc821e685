package io.github.mgn4j.data;

import io.github.mgn4j.image.ReidImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A layout of somebody else's, with nothing but the public interface: one flat folder of {@code split-pid-camera-n.jpg}. */
public final class HyphenFormat implements DatasetFormat {
    static final String MARKER = "hyphens.txt";

    @Override
    public String name() {
        return "hyphen";
    }

    @Override
    public String expects() {
        return MARKER + " and train-1-1-1.jpg";
    }

    @Override
    public boolean recognises(Path root) {
        return Files.exists(root.resolve(MARKER));
    }

    @Override
    public ReidDataset read(Path root) throws IOException {
        return new ReidDataset(name(), root, list(root, "train"), list(root, "query"), list(root, "gallery"));
    }

    private static List<ReidImage> list(Path root, String split) throws IOException {
        List<ReidImage> images = new ArrayList<>();
        try (Stream<Path> files = Files.list(root)) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (name.startsWith(split + "-")) {
                    String[] parts = name.split("-", -1);
                    images.add(new ReidImage(file, Integer.parseInt(parts[1]), Integer.parseInt(parts[2])));
                }
            }
        }
        return images;
    }
}
