package io.github.mgn4j.examples;

import com.google.common.collect.ArrayListMultimap;
import com.google.common.collect.ListMultimap;
import io.github.mgn4j.data.DatasetException;
import io.github.mgn4j.data.DatasetFormat;
import io.github.mgn4j.data.DatasetFormats;
import io.github.mgn4j.data.DatasetSummary;
import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.image.ReidImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A custom data set format: {@code people.tsv} with a line {@code split, name, camera, file} per image. Because the jar
 * names it in {@code META-INF/services}, every program and command with the jar on its class path reads such data sets.
 */
public final class OwnDatasetFormat implements DatasetFormat {
    /** Argument: folder of the data set. */
    public static void main(String... args) throws IOException {
        ReidDataset dataset = DatasetFormats.read(Path.of(args[0]));
        System.out.print(DatasetSummary.of(dataset, List.of()).render());
    }

    @Override
    public String name() {
        return "people-tsv";
    }

    @Override
    public String expects() {
        return "people.tsv with split, name, camera and file";
    }

    @Override
    public boolean recognises(Path root) {
        return Files.exists(root.resolve("people.tsv"));
    }

    @Override
    public ReidDataset read(Path root) throws IOException {
        ListMultimap<String, ReidImage> splits = ArrayListMultimap.create();
        Map<String, Integer> pids = new HashMap<>();
        for (String line : Files.readAllLines(root.resolve("people.tsv"))) {
            String[] fields = line.split("\t", -1);
            if (fields.length != 4) {
                throw new DatasetException(root + ": expected split, name, camera and file, found '" + line + "'");
            }
            int pid = pids.computeIfAbsent(fields[1], name -> pids.size() + 1);
            splits.put(fields[0], new ReidImage(root.resolve(fields[3]), pid, Integer.parseInt(fields[2])));
        }
        return new ReidDataset(name(), root, splits.get("train"), splits.get("query"), splits.get("gallery"));
    }
}
