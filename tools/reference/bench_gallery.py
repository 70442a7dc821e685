#!/usr/bin/env python3
"""Searches a gallery that GalleryRun has filled by what Python has for it, to measure mgn-gallery against; see mgn-bench/README.md.

    python3 bench_gallery.py numpy|faiss|hnswlib GALLERY

prints one line of JSON: milliseconds for 1 and 64 queries; for hnswlib, seconds to build, p50, p99 and the recall of the ten nearest.
"""
import json
import pathlib
import sys
import time

import numpy as np

START = 4096  # bytes before the first feature
IMAGES = 20  # of a person, in a row
NEAREST = 10


def read(gallery):
    description = json.loads((gallery / "gallery.json").read_text())
    with open(gallery / f"features-{description['generation']}.bin", "rb") as file:
        file.seek(START)
        return np.fromfile(file, "<f4").reshape(-1, description["dims"])


def new_images(features, count):
    """Images that are in no gallery: a person's mean, and what makes an image of another differ from theirs."""
    rng = np.random.default_rng(1)
    people = features[: len(features) // IMAGES * IMAGES].reshape(-1, IMAGES, features.shape[1])
    who, other = rng.integers(0, len(people), (2, count))
    image = rng.integers(0, IMAGES, count)
    return people[who].mean(axis=1) + people[other, image] - people[other].mean(axis=1)


def by_numpy(features):
    squares = np.square(features).sum(axis=1)

    def search(queries):
        distances = squares - 2 * (queries @ features.T)
        near = np.argpartition(distances, NEAREST, axis=1)[:, :NEAREST]
        return np.take_along_axis(near, np.take_along_axis(distances, near, axis=1).argsort(axis=1), axis=1)

    return search


def by_faiss(features):
    import faiss

    index = faiss.IndexFlatL2(features.shape[1])
    index.add(features)
    return lambda queries: index.search(queries, NEAREST)[1]


def median(run, rounds=30):
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return round(1e3 * float(np.median(times[rounds // 3 :])), 2)


def hnswlib(features, queries):
    import hnswlib

    index = hnswlib.Index(space="l2", dim=features.shape[1])
    start = time.perf_counter()
    index.init_index(max_elements=len(features), ef_construction=100, M=16)
    index.add_items(features)
    build = time.perf_counter() - start
    index.set_ef(100)
    index.set_num_threads(1)
    exact = by_numpy(features)(queries)
    times, found = [], 0
    for query, nearest in zip(queries, exact):
        start = time.perf_counter()
        labels = index.knn_query(query, k=NEAREST)[0]
        times.append(1e3 * (time.perf_counter() - start))
        found += len(np.intersect1d(labels, nearest))
    p50, p99 = np.percentile(times, [50, 99])
    return {
        "build": round(build, 1),
        "p50": round(p50, 2),
        "p99": round(p99, 2),
        "recall": round(found / len(queries) / NEAREST, 4),
    }


def main(peer, gallery):
    features = read(pathlib.Path(gallery))
    queries = new_images(features, 200)
    if peer == "hnswlib":
        figures = hnswlib(features, queries)
    else:
        search = by_numpy(features) if peer == "numpy" else by_faiss(features)
        figures = {"one": median(lambda: search(queries[:1])), "many": median(lambda: search(queries[:64]))}
    print(json.dumps({"peer": peer, "entries": len(features), **figures}))


if __name__ == "__main__":
    main(*sys.argv[1:])
