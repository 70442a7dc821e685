package io.github.mgn4j.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns identities and cameras given by name into numbers; {@link FolderFormat} states the rules. */
final class Listing {
    private static final Pattern NUMBER = Pattern.compile("-1|\\d{1,9}");
    private static final Pattern CAMERA = Pattern.compile("_c(\\d{1,8})(?!\\d)");

    private Listing() {}

    /**
     * An image as listed.
     *
     * @param camera its number, or empty
     */
    record Entry(Path path, String identity, String camera, Split split) {}

    static ReidDataset number(String name, Path root, List<Entry> entries) {
        Map<String, Integer> pids = pids(entries);
        List<Integer> cameras = cameras(entries);
        Map<Split, List<ReidImage>> splits = new EnumMap<>(Split.class);
        for (Split split : Split.values()) {
            splits.put(split, new ArrayList<>());
        }
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            int pid = pids.getOrDefault(entry.identity(), ReidImage.JUNK);
            if (pid > 0 || entry.split() != Split.TRAIN) {
                splits.getOrDefault(entry.split(), List.of()).add(new ReidImage(entry.path(), pid, cameras.get(i)));
            }
        }
        List<ReidImage> train = splits.getOrDefault(Split.TRAIN, List.of());
        List<ReidImage> query = splits.getOrDefault(Split.QUERY, List.of());
        List<ReidImage> gallery = splits.getOrDefault(Split.GALLERY, List.of());
        DatasetException.check(
                query.isEmpty() == gallery.isEmpty(),
                "%s: images in %s but none in %s",
                root,
                query.isEmpty() ? "gallery" : "query",
                query.isEmpty() ? "query" : "gallery");
        return new ReidDataset(name, root, train, query, gallery);
    }

    private static Map<String, Integer> pids(List<Entry> entries) {
        Set<String> names = new TreeSet<>();
        boolean zeroIsSomebody = false;
        for (Entry entry : entries) {
            names.add(entry.identity());
            zeroIsSomebody |= entry.split() != Split.GALLERY
                    && NUMBER.matcher(entry.identity()).matches()
                    && Integer.parseInt(entry.identity()) == 0;
        }
        Set<Integer> numbers = new HashSet<>();
        boolean numbered = true;
        for (String name : names) {
            numbered &= NUMBER.matcher(name).matches() && numbers.add(Integer.parseInt(name));
        }
        Map<String, Integer> pids = new HashMap<>();
        int next = 1;
        for (String name : names) {
            if (name.equals("-1")) {
                pids.put(name, ReidImage.JUNK);
            } else if (numbered) {
                pids.put(name, Integer.parseInt(name) + (zeroIsSomebody ? 1 : 0));
            } else {
                pids.put(name, next++);
            }
        }
        return pids;
    }

    private static List<Integer> cameras(List<Entry> entries) {
        int highest = -1;
        List<Integer> cameras = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            Matcher named = CAMERA.matcher(Folders.fileName(entry.path()));
            int camera = -1;
            if (!entry.camera().isEmpty()) {
                camera = Integer.parseInt(entry.camera());
            } else if (named.find()) {
                camera = Integer.parseInt(named.group(1));
            }
            cameras.add(camera);
            highest = Math.max(highest, camera);
        }
        // One for each file, not for each entry: a query may be listed in the gallery, too.
        Map<Path, Integer> own = new HashMap<>();
        for (int i = 0; i < cameras.size(); i++) {
            if (cameras.get(i) < 0) {
                int fresh = highest + 1 + own.size();
                cameras.set(i, own.computeIfAbsent(entries.get(i).path(), path -> fresh));
            }
        }
        return cameras;
    }
}
