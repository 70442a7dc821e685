package io.github.mgn4j.gallery;

import io.github.mgn4j.features.DistanceMetric;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;

/** What a gallery should do, by plain loops over a list. */
final class Model {
    private final DistanceMetric metric;
    private final Map<String, Item> items = new LinkedHashMap<>();
    private long nextId;

    Model(DistanceMetric metric) {
        this.metric = metric;
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Item(long id, GalleryEntry entry, float[] feature) {}

    /** A hit without a verdict. */
    record Found(long id, GalleryEntry entry, double distance) {
        static List<Found> of(List<GalleryHit> hits) {
            return hits.stream()
                    .map(hit -> new Found(hit.id(), hit.entry(), hit.distance()))
                    .toList();
        }
    }

    void add(GalleryEntry entry, float[] feature) {
        items.remove(entry.path());
        items.put(entry.path(), new Item(nextId++, entry, feature));
    }

    boolean remove(String path) {
        return items.remove(path) != null;
    }

    int removeIf(Predicate<GalleryEntry> unwanted) {
        int before = items.size();
        items.values().removeIf(item -> unwanted.test(item.entry()));
        return before - items.size();
    }

    Model copy() {
        Model copy = new Model(metric);
        copy.items.putAll(items);
        copy.nextId = nextId;
        return copy;
    }

    int size() {
        return items.size();
    }

    List<Item> items() {
        return List.copyOf(items.values());
    }

    List<Found> nearest(float[] query, int k, Predicate<GalleryEntry> accepted) {
        List<Found> all = new ArrayList<>();
        for (Item item : items.values()) {
            if (accepted.test(item.entry())) {
                all.add(new Found(item.id(), item.entry(), metric.between(query, item.feature())));
            }
        }
        all.sort(Comparator.comparingDouble(Found::distance)); // stable: earlier additions first
        return all.subList(0, Math.min(k, all.size()));
    }

    List<Found> nearestPeople(float[] query, int k, int best, Predicate<GalleryEntry> accepted) {
        List<Found> all = nearest(query, Integer.MAX_VALUE, accepted);
        Set<Integer> pids = new LinkedHashSet<>();
        all.forEach(found -> pids.add(found.entry().pid()));
        pids.remove(null);
        List<Found> people = new ArrayList<>();
        for (Integer pid : pids) {
            List<Found> own = all.stream()
                    .filter(found -> pid.equals(found.entry().pid()))
                    .limit(best)
                    .toList();
            double sum = 0;
            for (Found found : own) {
                sum += found.distance();
            }
            people.add(new Found(own.get(0).id(), own.get(0).entry(), sum / own.size()));
        }
        people.sort(Comparator.comparingDouble(Found::distance).thenComparingLong(Found::id));
        return people.subList(0, Math.min(k, people.size()));
    }

    /** Returns a feature near one of a few centres, now and then one that is there already, or zeros. */
    static float[] feature(Random random, int dims, List<Item> items) {
        if (!items.isEmpty() && random.nextInt(8) == 0) {
            return items.get(random.nextInt(items.size())).feature().clone();
        }
        float[] feature = new float[dims];
        if (random.nextInt(40) == 0) {
            return feature;
        }
        Random centre = new Random(random.nextInt(10));
        for (int d = 0; d < dims; d++) {
            feature[d] = (float) (3 * centre.nextGaussian() + random.nextGaussian());
        }
        return feature;
    }
}
