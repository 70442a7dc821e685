package io.github.mgn4j.data;

import io.github.mgn4j.image.ReidImage;
import io.github.mgn4j.internal.io.FileNames;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Assigns numbers to named identities and cameras by the rules of {@link FolderFormat}. */
final class IdentityNumbering {
    private static final Pattern NUMBER = Pattern.compile("-1|\\d{1,9}");

    private IdentityNumbering() {}

    /**
     * A listed image.
     *
     * @param camera the camera's number or name, or empty
     */
    record Entry(Path folder, String name, String identity, String camera, Split split) {
        Path path() {
            return FileNames.resolve(folder, name);
        }
    }

    static ReidDataset number(String name, Path root, List<Entry> entries) {
        Map<String, Integer> pids = pids(entries);
        int[] cameras = cameras(entries);
        Map<Split, List<ReidImage>> splits = new EnumMap<>(Split.class);
        for (Split split : Split.values()) {
            splits.put(split, new ArrayList<>());
        }
        for (int i = 0; i < cameras.length; i++) {
            Entry entry = entries.get(i);
            int pid = pids.getOrDefault(entry.identity(), ReidImage.JUNK);
            if (pid > 0 || entry.split() != Split.TRAIN) {
                splits.getOrDefault(entry.split(), List.of())
                        .add(new ReidImage(entry.folder(), entry.name(), pid, cameras[i]));
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
        return new ReidDataset(name, root, train, query, gallery, List.of(), notes(entries, pids));
    }

    private static List<String> notes(List<Entry> entries, Map<String, Integer> pids) {
        List<String> notes = new ArrayList<>();
        long junk = entries.stream()
                .filter(entry -> entry.split() == Split.TRAIN
                        && pids.getOrDefault(entry.identity(), ReidImage.JUNK) == ReidImage.JUNK)
                .count();
        if (junk > 0) {
            notes.add(junk + " training images of identity -1 (junk) are left out");
        }
        return notes;
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

    private static int[] cameras(List<Entry> entries) {
        Map<String, Integer> numbers = cameraNumbers(entries);
        int fresh = numbers.values().stream().mapToInt(Integer::intValue).max().orElse(-1) + 1;
        // One per file, not per entry: a query may be listed in the gallery, too.
        Map<Path, Integer> own = new HashMap<>();
        int[] cameras = new int[entries.size()];
        for (int i = 0; i < cameras.length; i++) {
            Entry entry = entries.get(i);
            Integer number = numbers.get(entry.camera());
            if (number == null) {
                number = own.computeIfAbsent(entry.path(), path -> fresh + own.size());
            }
            cameras[i] = number;
        }
        return cameras;
    }

    /**
     * Returns the numbers of named cameras: the names themselves, or numbers from 1 in their order if a name is not a number.
     */
    private static Map<String, Integer> cameraNumbers(List<Entry> entries) {
        Set<String> names = new TreeSet<>();
        entries.forEach(entry -> names.add(entry.camera()));
        names.remove("");
        boolean numbered = names.stream().allMatch(name -> NUMBER.matcher(name).matches() && !name.equals("-1"));
        Map<String, Integer> numbers = new HashMap<>();
        for (String name : names) {
            numbers.put(name, numbered ? Integer.parseInt(name) : numbers.size() + 1);
        }
        return numbers;
    }
}
