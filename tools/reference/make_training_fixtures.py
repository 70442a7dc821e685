#!/usr/bin/env python3
"""Writes mgn-train/src/test/resources/training-fixtures.json: a tiny MGN trained for three steps by PyTorch in float64.

Weights and images are the formula's float32 values (formula.py), widened. Loss terms, every gradient of the first step, and
every weight and running statistic after the first and the third step are summarised per tensor: Euclidean norm and four entries
spread over it, in PyTorch's layout.

Run from the project's root with Debian's python3-torch: /usr/bin/python3 tools/reference/make_training_fixtures.py
"""
import json

import numpy as np
import torch
import torch.nn.functional as F

import formula
import mgn_torch
from make_loss_fixtures import batch_hard

OUT = "mgn-train/src/test/resources/training-fixtures.json"
HEIGHT, WIDTH = 96, 48
P, K, CLASSES = 3, 2, 3
MARGIN, LR, MOMENTUM, DECAY = 1.2, 0.01, 0.9, 5e-4
STEPS = 3


def terms(model, images, pids):
    pooled = model.pooled(images)
    reduced = [getattr(model, f"reduction_{i}")(v[:, :, None, None]).flatten(1) for i, v in enumerate(pooled)]
    losses = {}
    for i, (feature, classifier) in enumerate(zip(mgn_torch.FEATURES, mgn_torch.CLASSIFIERS)):
        seen = pooled[i] if i < 3 else reduced[i]
        losses["softmax/" + feature] = F.cross_entropy(getattr(model, classifier)(seen), pids)
    for i in range(3):
        losses["triplet/" + mgn_torch.FEATURES[i]] = batch_hard(reduced[i], pids, MARGIN)
    return losses


def summary(tensor):
    """Norm, then the first, last and two entries between."""
    flat = tensor.detach().double().reshape(-1).numpy()  # a norm of millions of float32 values would be off by 1e-3
    values = [float(np.linalg.norm(flat))] + [float(flat[i * (flat.size - 1) // 3]) for i in range(4)]
    return [float(f"{v:.12g}") for v in values]


def run(depth, width, pool):
    model = mgn_torch.fill(mgn_torch.Mgn(depth, width, 16, CLASSES, pool)).double().train()
    images = torch.from_numpy(formula.images(P * K, HEIGHT, WIDTH)).double()
    pids = torch.arange(P).repeat_interleave(K)
    optimizer = torch.optim.SGD(model.parameters(), lr=LR, momentum=MOMENTUM, weight_decay=DECAY)
    case = dict(depth=depth, width=width, pool=pool, losses=[], gradients={}, weights={})
    for step in range(1, STEPS + 1):
        losses = terms(model, images, pids)
        softmax = torch.stack([v for k, v in losses.items() if k.startswith("softmax")]).mean()
        triplet = torch.stack([v for k, v in losses.items() if k.startswith("triplet")]).mean()
        optimizer.zero_grad()
        (softmax + triplet).backward()
        case["losses"].append({k: v.item() for k, v in losses.items()})
        if step == 1:
            case["gradients"] = {mgn_torch.own_name(k): summary(v.grad) for k, v in model.named_parameters()}
        optimizer.step()
        if step in (1, STEPS):
            case["weights"][str(step)] = {
                mgn_torch.own_name(k): summary(v) for k, v in model.state_dict().items() if "num_batches" not in k
            }
    return case


def main():
    cases = [run(18, 1 / 16, "max"), run(50, 1 / 16, "avg")]
    with open(OUT, "w") as out:
        json.dump(cases, out, separators=(",", ":"))
        out.write("\n")


if __name__ == "__main__":
    main()
