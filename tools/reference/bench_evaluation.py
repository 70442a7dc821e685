#!/usr/bin/env python3
"""What people evaluate re-identification with in Python, to measure mgn-eval against; see mgn-bench/README.md.

    python3 bench_evaluation.py synth FOLDER market|msmt17|small   # features of clusters, and who and which camera they are of
    python3 bench_evaluation.py plain FOLDER                       # distances, argsort, one query at a time: torchreid's way
    python3 bench_evaluation.py cython FOLDER                      # the same with the queries' loop compiled
    python3 bench_evaluation.py rerank FOLDER                      # k-reciprocal re-ranking with whole matrices, k1=20 k2=6 0.3

prints one line of JSON: seconds without reading the files, and the metrics. Take a NumPy with a fast BLAS (pip's, not Debian's).
"""
import csv
import json
import pathlib
import sys
import time

import numpy as np

SIZES = {  # queries, gallery, dims, people in both, cameras
    "small": (300, 2000, 256, 60, 6),
    "market": (3368, 19732, 2048, 750, 6),
    "msmt17": (11659, 82161, 2048, 3060, 15),
}


def synth(folder, size):
    """People as random points, their images around them, each camera with an offset: a mean AP of about 0.8."""
    queries, gallery, dims, people, cameras = SIZES[size]
    rng = np.random.default_rng(5)
    # Features vary in far fewer directions than they have values.
    directions = rng.standard_normal((96, dims), dtype="f4") / 96**0.5
    who = rng.standard_normal((2 * people, 96), dtype="f4")
    camera_shift = 0.5 * rng.standard_normal((cameras, 96), dtype="f4")
    folder.mkdir(parents=True, exist_ok=True)
    for name, count in ("query", queries), ("gallery", gallery):
        # In the gallery, a fifth are distractors (0) of the people nobody asks for, some are junk (-1).
        row = np.arange(count) % people if name == "query" else rng.integers(0, people, count)
        kind = rng.random(count) if name == "gallery" else np.ones(count)
        row = np.where(kind < 0.2, rng.integers(people, 2 * people, count), row)
        camids = rng.integers(0, cameras, count)
        pids = np.where(kind < 0.15, 0, np.where(kind < 0.2, -1, row + 1))
        out = np.lib.format.open_memmap(folder / f"{name}.npy", "w+", "<f4", (count, dims))
        for a in range(0, count, 4096):
            part = slice(a, min(a + 4096, count))
            code = who[row[part]] + camera_shift[camids[part]]
            code = code + 0.9 * rng.standard_normal(code.shape, dtype="f4")
            noise = 0.3 * rng.standard_normal((len(code), dims), dtype="f4")
            out[part] = np.maximum(code @ directions + noise + 0.3, 0)  # after a ReLU
        out.flush()
        with open(folder / f"{name}.csv", "w", newline="") as file:
            file.write("row,path,pid,camid\n")
            file.writelines(f"{i},{name}/{i:06d}.jpg,{pids[i]},{camids[i]}\n" for i in range(count))


def read(folder, name):
    with open(folder / f"{name}.csv", newline="") as file:
        labels = np.array([(int(r["pid"]), int(r["camid"])) for r in csv.DictReader(file)])
    features = np.load(folder / f"{name}.npy")
    if name == "gallery":  # the toolkits' data sets leave junk out
        kept = labels[:, 0] != -1
        features, labels = features[kept], labels[kept]
    return features, labels[:, 0], labels[:, 1]


def squared_distances(a, b):
    distances = a @ b.T
    distances *= -2
    distances += np.square(a).sum(axis=1)[:, None]
    distances += np.square(b).sum(axis=1)[None]
    return distances


def market1501(distances, q_pids, g_pids, q_camids, g_camids, ranks=50):
    order = np.argsort(distances, axis=1)
    hits = (g_pids[order] == q_pids[:, None]).astype(np.int32)
    curves, precisions, penalties = [], [], []
    for q in range(len(q_pids)):
        entries = order[q]
        kept = ~((g_pids[entries] == q_pids[q]) & (g_camids[entries] == q_camids[q]))
        row = hits[q][kept]
        if not row.any():
            continue
        found = row.cumsum()
        last = np.flatnonzero(row)[-1]
        penalties.append(found[last] / (last + 1.0))
        curves.append(np.minimum(found, 1)[:ranks])
        precisions.append((found / np.arange(1, len(row) + 1) * row).sum() / row.sum())
    return summary(np.mean(np.asarray(curves, dtype="f4"), axis=0), precisions, penalties)


def summary(cmc, precisions, penalties):
    return {
        "queries": len(precisions),
        "rank1": float(cmc[0]),
        "rank5": float(cmc[4]),
        "rank10": float(cmc[9]),
        "mAP": float(np.mean(precisions)),
        "mINP": float(np.mean(penalties)),
    }


def rerank(query, gallery, k1=20, k2=6, lam=0.3):
    """As the published code keeps things: whole matrices of float32 for distances and weights."""
    queries = len(query)
    images = np.concatenate([query, gallery])
    total = len(images)
    original = squared_distances(images, images)
    original = np.transpose(original / original.max(axis=0))
    ranks = np.argsort(original).astype(np.int32)
    weights = np.zeros_like(original, dtype="f4")
    half = int(np.around(k1 / 2))

    def reciprocal(i, k):
        forward = ranks[i, : k + 1]
        backward = ranks[forward, : k + 1]
        return forward[np.where(backward == i)[0]]

    for i in range(total):
        core = reciprocal(i, k1)
        expanded = core
        for candidate in core:
            theirs = reciprocal(candidate, half)
            if len(np.intersect1d(theirs, core)) > 2 / 3 * len(theirs):
                expanded = np.append(expanded, theirs)
        expanded = np.unique(expanded)
        weight = np.exp(-original[i, expanded])
        weights[i, expanded] = weight / weight.sum()
    original = original[:queries]
    if k2 != 1:
        weights_mean = np.zeros_like(weights)
        for i in range(total):
            weights_mean[i] = weights[ranks[i, :k2]].mean(axis=0)
        weights = weights_mean
    del ranks
    holders = [np.where(weights[:, i] != 0)[0] for i in range(total)]
    jaccard = np.zeros((queries, total), dtype="f4")
    for i in range(queries):
        common = np.zeros(total, dtype="f4")
        for c in np.where(weights[i] != 0)[0]:
            common[holders[c]] += np.minimum(weights[i, c], weights[holders[c], c])
        jaccard[i] = 1 - common / (2 - common)
    return (jaccard * (1 - lam) + original * lam)[:, queries:]


def compiled():
    """The loop over the queries as C, built by Cython in the user's cache."""
    import pyximport

    pyximport.install(setup_args={"include_dirs": np.get_include()}, language_level=3)
    import bench_evaluation_loop

    return bench_evaluation_loop.market1501


def main(what, folder, *rest):
    if what == "synth":
        return synth(folder, *rest)
    loop = compiled() if what == "cython" else market1501
    query, q_pids, q_camids = read(folder, "query")
    gallery, g_pids, g_camids = read(folder, "gallery")
    start = time.perf_counter()
    distances = rerank(query, gallery) if what == "rerank" else squared_distances(query, gallery)
    metrics = loop(distances, q_pids, g_pids, q_camids, g_camids)
    print(json.dumps({"seconds": round(time.perf_counter() - start, 3), "metrics": metrics}))


if __name__ == "__main__":
    main(sys.argv[1], pathlib.Path(sys.argv[2]), *sys.argv[3:])
