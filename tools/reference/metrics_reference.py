#!/usr/bin/env python3
"""CMC, mAP (mean precision at the hits, and the Market-1501 Matlab code's trapezoids) and mINP, one query and one rank
at a time: the yardstick of EvaluatorTest.

    python3 metrics_reference.py mgn-eval/src/test/resources/reference

writes query_labels.npy and gallery_labels.npy (pid, camid) for the features that rerank_reference.py writes there, and
metrics_METRIC.json.
"""
import json
import pathlib
import sys

import numpy as np


def walk(order, good, junk):
    """The ranked list of one query, as the Matlab code walks it."""
    hits, rank, precisions, first, trapezoids = 0, 0, [], 0, 0.0
    old_recall, old_precision = 0.0, 1.0
    for entry in order:
        if entry in junk:
            continue
        rank += 1
        if entry in good:
            hits += 1
            precisions.append(hits / rank)
            first = first or rank
        recall, precision = hits / len(good), hits / rank
        trapezoids += (recall - old_recall) * (old_precision + precision) / 2
        old_recall, old_precision = recall, precision
        if hits == len(good):
            break
    return first, float(np.mean(precisions)), trapezoids, hits / rank


def evaluate(distances, q_labels, g_labels):
    cmc = np.zeros(min(50, len(g_labels)))
    rows = []
    for i, (pid, camid) in enumerate(q_labels):
        same = g_labels[:, 0] == pid
        junk = set(np.flatnonzero((same & (g_labels[:, 1] == camid)) | (g_labels[:, 0] == -1)))
        good = set(np.flatnonzero(same)) - junk
        if good:
            row = walk(np.argsort(distances[i], kind="stable"), good, junk)
            cmc[row[0] - 1 :] += 1
            rows.append(row)
    _, ap, trapezoid, inp = np.mean(rows, axis=0)
    cmc /= len(rows)
    return {
        "queries": len(rows),
        "mAP": ap,
        "mAP_trapezoid": trapezoid,
        "mINP": inp,
        "cmc": list(cmc),
        **{f"rank{k}": cmc[k - 1] for k in (1, 5, 10, 20)},
    }


def main(folder):
    query, gallery = np.load(folder / "query.npy").astype("f8"), np.load(folder / "gallery.npy").astype("f8")
    rng = np.random.default_rng(3)
    labels = np.stack([rng.choice([-1, 0, 1, 2, 3, 4, 5], 90), rng.integers(1, 4, 90)], axis=1)
    q_labels, g_labels = labels[:18].copy(), labels[18:]
    q_labels[:, 0] = np.where(q_labels[:, 0] <= 0, 9, q_labels[:, 0])  # nobody in the gallery
    np.save(folder / "query_labels.npy", q_labels.astype("<f4"))
    np.save(folder / "gallery_labels.npy", g_labels.astype("<f4"))
    euclidean = np.sqrt(((query[:, None] - gallery[None]) ** 2).sum(axis=2))
    norms = np.linalg.norm(query, axis=1)[:, None] * np.linalg.norm(gallery, axis=1)[None]
    for name, distances in ("euclidean", euclidean), ("cosine", 1 - query @ gallery.T / norms):
        result = evaluate(distances, q_labels, g_labels)
        (folder / f"metrics_{name}.json").write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
