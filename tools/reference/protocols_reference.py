#!/usr/bin/env python3
"""ROC points, multi-query, alpha query expansion and the expected single-shot CMC, from their definitions: the yardstick
of ProtocolsTest.

    python3 protocols_reference.py mgn-eval/src/test/resources/reference

reads the features and labels that rerank_reference.py and metrics_reference.py write there, and writes protocols.json.
"""
import json
import pathlib
import sys

import numpy as np


def pairs(distances, q_labels, g_labels):
    same, different = [], []
    for i, (pid, camid) in enumerate(q_labels):
        for j, (g_pid, g_camid) in enumerate(g_labels):
            if g_pid != -1 and not (g_pid == pid and g_camid == camid):
                (same if g_pid == pid else different).append(distances[i, j])
    return np.array(same), np.array(different)


def roc(same, different):
    points = []
    for target in 1e-1, 1e-2, 1e-3, 1e-4:
        # The largest distance of two people that may be accepted with all below it.
        allowed = [d for d in different if (different <= d).sum() <= target * len(different)]
        threshold = max(allowed) if allowed else None
        accepted = same <= threshold if allowed else same < different.min()
        points.append({
            "target": target,
            "threshold": threshold,
            "false_accept": (different <= threshold).mean() if allowed else 0.0,
            "true_accept": accepted.mean(),
        })
    return points


def expanded(query, gallery, neighbours, alpha):
    """Of unit vectors."""
    rows = []
    for q in query:
        similarity = gallery @ q
        nearest = np.argsort(-similarity, kind="stable")[:neighbours]
        weights = np.maximum(similarity[nearest], 0) ** alpha
        rows.append((q + (weights[:, None] * gallery[nearest]).sum(axis=0)) / (1 + weights.sum()))
    return np.array(rows)


def single_shot(distances, q_labels, g_labels, ranks):
    """The expectation over random galleries: whether a person's image is before the match is independent of the others'."""
    curves = []
    for i, (pid, camid) in enumerate(q_labels):
        matches = [j for j, (p, c) in enumerate(g_labels) if p == pid and c != camid]
        people = [p for p in sorted(set(g_labels[:, 0])) if p not in (-1, pid)]
        for match in matches:
            hits = np.zeros(len(people) + 2)
            hits[0] = 1  # distribution of the number of people before the match
            for person in people:
                images = np.flatnonzero(g_labels[:, 0] == person)
                before = (distances[i, images] < distances[i, match]).mean()
                hits[1:] = hits[1:] * (1 - before) + hits[:-1] * before
                hits[0] *= 1 - before
            curves.append((np.cumsum(hits)[:ranks], len(matches)))
    queries = sum(1 / count for _, count in curves)
    return sum(curve / count for curve, count in curves) / queries


def main(folder):
    query, gallery = np.load(folder / "query.npy").astype("f8"), np.load(folder / "gallery.npy").astype("f8")
    q_labels, g_labels = (np.load(folder / f"{name}_labels.npy").astype(int) for name in ("query", "gallery"))
    unit = lambda x: x / np.linalg.norm(x, axis=1, keepdims=True)
    distances = np.sqrt(((query[:, None] - gallery[None]) ** 2).sum(axis=2))
    same, different = pairs(distances, q_labels, g_labels)
    means = []
    for feature, label in zip(query, q_labels):
        images = (g_labels == label).all(axis=1)
        means.append(gallery[images].mean(axis=0) if images.any() else feature)
    people = len(set(g_labels[:, 0]) - {-1})
    kept = g_labels[:, 0] != -1
    result = {
        "same_pairs": len(same),
        "different_pairs": len(different),
        "roc": roc(same, different),
        "multi_query": np.array(means).tolist(),
        "expansion_3_2": expanded(unit(query), unit(gallery[kept]), 3, 2.0).tolist(),
        "single_shot": list(single_shot(distances, q_labels, g_labels, people)),
    }
    (folder / "protocols.json").write_text(json.dumps(result))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
