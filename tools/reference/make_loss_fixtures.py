#!/usr/bin/env python3
"""Writes mgn-losses/src/test/resources/loss-fixtures.json: losses and their gradients as PyTorch computes them in float64.

Run from the project's root with Debian's python3-torch: /usr/bin/python3 tools/reference/make_loss_fixtures.py
"""
import json

import torch
import torch.nn.functional as F

OUT = "mgn-losses/src/test/resources/loss-fixtures.json"


def batch_hard(features, pids, margin):
    """As public re-identification code has it; margin None is the soft margin."""
    squares = features.pow(2).sum(dim=1, keepdim=True)
    distances = (squares + squares.t() - 2 * features @ features.t()).clamp(min=1e-12).sqrt()
    same = pids[:, None] == pids[None, :]
    positive = torch.stack([distances[i][same[i]].max() for i in range(len(pids))])
    negative = torch.stack([distances[i][~same[i]].min() for i in range(len(pids))])
    if margin is None:
        return F.soft_margin_loss(negative - positive, torch.ones_like(negative))
    return F.margin_ranking_loss(negative, positive, torch.ones_like(negative), margin=margin)


def rounded(tensor):
    return [[round(v, 17) for v in row] for row in tensor.tolist()]


def main():
    torch.manual_seed(7)
    cases = []
    for name, pids, dims, scale, margin in [
        ("margin", [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2], 6, 1.0, 1.2),
        ("margin-wide", [3, 3, 0, 0, 1, 1], 5, 10.0, 4.0),
        ("margin-zero", [0, 0, 1, 1], 3, 1.0, 0.0),
        ("soft", [0, 0, 0, 1, 1, 1, 2, 2, 2], 4, 1.0, None),
        ("soft-wide", [0, 0, 1, 1], 4, 200.0, None),
    ]:
        features = (torch.randn(len(pids), dims, dtype=torch.float64) * scale).round(decimals=4).requires_grad_()
        loss = batch_hard(features, torch.tensor(pids), margin)
        loss.backward()
        cases.append(dict(kind="triplet", name=name, labels=pids, margin=margin, input=rounded(features.detach()),
                          loss=loss.item(), gradient=rounded(features.grad)))
    for name, labels, classes, scale, smoothing in [
        ("plain", [0, 3, 1, 1, 2], 4, 1.0, 0.0),
        ("smooth", [2, 2, 0, 1], 5, 3.0, 0.1),
        ("extreme", [0, 1, 2], 3, 5000.0, 0.0),
    ]:
        logits = (torch.randn(len(labels), classes, dtype=torch.float64) * scale).round(decimals=4).requires_grad_()
        loss = F.cross_entropy(logits, torch.tensor(labels), label_smoothing=smoothing)
        loss.backward()
        cases.append(dict(kind="softmax", name=name, labels=labels, smoothing=smoothing, input=rounded(logits.detach()),
                          loss=loss.item(), gradient=rounded(logits.grad)))
    with open(OUT, "w") as out:
        json.dump(cases, out, indent=1)
        out.write("\n")


if __name__ == "__main__":
    main()
