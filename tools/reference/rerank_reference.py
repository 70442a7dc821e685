#!/usr/bin/env python3
"""k-reciprocal re-ranking (Zhong et al., CVPR 2017) with whole matrices in float64, written from the article's
definitions: the yardstick of ReRankerTest.

    python3 rerank_reference.py mgn-eval/src/test/resources/reference

writes query.npy and gallery.npy and, for each setting, the re-ranked distances rerank_METRIC_K1_K2_LAMBDA.npy.
"""
import pathlib
import sys

import numpy as np


def squared_distances(a, b):
    return ((a[:, None, :] - b[None, :, :]) ** 2).sum(axis=2)


def reciprocal(ranks, i, k):
    """N(i, k+1) restricted to those that have i among their own k+1 nearest."""
    return [j for j in ranks[i, : k + 1] if i in ranks[j, : k + 1]]


def rerank(query, gallery, k1, k2, lam):
    images = np.concatenate([query, gallery])
    n, q = len(images), len(query)
    distances = squared_distances(images, images)
    # Each column by its maximum; a row is then an image's view of the others.
    distances = (distances / distances.max(axis=0)).T
    ranks = np.argsort(distances, axis=1, kind="stable")

    weights = np.zeros((n, n))
    half = int(np.around(k1 / 2))
    for i in range(n):
        core = reciprocal(ranks, i, k1)
        expanded = set(core)
        for candidate in core:
            theirs = reciprocal(ranks, candidate, half)
            if len(set(theirs) & set(core)) > 2 / 3 * len(theirs):
                expanded |= set(theirs)
        members = sorted(expanded)
        weights[i, members] = np.exp(-distances[i, members])
        weights[i] /= weights[i].sum()

    if k2 > 1:
        weights = np.stack([weights[ranks[i, :k2]].mean(axis=0) for i in range(n)])

    result = np.zeros((q, n - q))
    for i in range(q):
        for j in range(q, n):
            smaller = np.minimum(weights[i], weights[j]).sum()
            larger = np.maximum(weights[i], weights[j]).sum()
            result[i, j - q] = (1 - smaller / larger) * (1 - lam) + distances[i, j] * lam
    return result


def main(out):
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(20)
    people = rng.normal(size=(9, 12))
    who = rng.integers(0, 9, 90)
    images = (people[who] + 0.6 * rng.normal(size=(90, 12))).astype("<f4")
    query, gallery = images[:18], images[18:]
    np.save(out / "query.npy", query)
    np.save(out / "gallery.npy", gallery)
    unit = lambda x: (x / np.linalg.norm(x, axis=1, keepdims=True)).astype("<f4")
    settings = [(20, 6, 0.3), (1, 1, 0.0), (2, 3, 0.5), (5, 1, 0.3), (6, 2, 1.0), (7, 4, 0.0), (30, 15, 0.1), (72, 72, 0.3)]
    for k1, k2, lam in settings:
        q, g = query.astype("f8"), gallery.astype("f8")
        np.save(out / f"rerank_euclidean_{k1}_{k2}_{lam}.npy", rerank(q, g, k1, k2, lam).astype("<f4"))
    for k1, k2, lam in settings[:3]:
        q, g = unit(query.astype("f8")).astype("f8"), unit(gallery.astype("f8")).astype("f8")
        np.save(out / f"rerank_cosine_{k1}_{k2}_{lam}.npy", rerank(q, g, k1, k2, lam).astype("<f4"))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
