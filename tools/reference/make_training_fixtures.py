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
import make_layout_fixtures
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


def run(model, depth, pool, terms=terms, own_name=mgn_torch.own_name):
    images = torch.from_numpy(formula.images(P * K, HEIGHT, WIDTH)).double()
    pids = torch.arange(P).repeat_interleave(K)
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=LR, momentum=MOMENTUM, weight_decay=DECAY)
    case = dict(depth=depth, width=1 / 16, pool=pool, losses=[], gradients={}, weights={})
    for step in range(1, STEPS + 1):
        losses = terms(model, images, pids)
        softmax = torch.stack([v for k, v in losses.items() if k.startswith("softmax")]).mean()
        triplet = torch.stack([v for k, v in losses.items() if k.startswith("triplet")]).mean()
        optimizer.zero_grad()
        (softmax + triplet).backward()
        case["losses"].append({k: v.item() for k, v in losses.items()})
        if step == 1:
            case["gradients"] = {
                own_name(k): summary(v.grad) for k, v in model.named_parameters() if v.requires_grad
            }
        optimizer.step()
        if step in (1, STEPS):
            case["weights"][str(step)] = {
                own_name(k): summary(v) for k, v in model.state_dict().items() if "num_batches" not in k
            }
    return case


HEADS = dict(zip(("1", "2", "3", "21", "22", "31", "32", "33"), mgn_torch.FEATURES))


def variant_name(key):
    """This project's name of a tensor of fast-reid's first MGN."""
    first, _, rest = key.partition(".")
    if first == "backbone":
        number, _, rest = rest.partition(".")
        return {"0": "trunk.conv1.", "1": "trunk.bn1.", "4": "trunk.layer1.", "5": "trunk.layer2."}.get(
            number, "trunk.layer3.0."
        ) + rest
    head = first[1:].split("_")[0]
    if first.endswith("_pool"):
        number, _, rest = rest.partition(".")
        return {"0": "pools.%s.", "1": "reductions.%s.0.", "2": "reductions.%s.1."}[number] % HEADS[head] + rest
    if first.endswith("_head"):
        layer, _, rest = rest.partition(".")
        return {"bnneck": "necks.%s.", "classifier": "classifiers.%s."}[layer] % HEADS[head] + rest
    stage, _, rest = rest.partition(".")
    block, _, rest = rest.partition(".")
    return "branches.%d.layer%d.%d.%s" % (int(head) - 1, 3 + int(stage), int(block) + (stage == "0"), rest)


def variant_terms(model, images, pids):
    """Softmax on the vector behind the neck, triplet on that before it."""
    losses, vectors = {}, {}
    for name, feature_map in model.maps(images):
        head = getattr(model, f"b{name}_head")
        reduced = getattr(model, f"b{name}_pool")(feature_map)
        vectors[name] = reduced.flatten(1)
        losses["softmax/" + HEADS[name]] = F.cross_entropy(head.classifier(head.bnneck(reduced).flatten(1)), pids)
    for name in ("1", "2", "3"):
        losses["triplet/" + HEADS[name]] = batch_hard(vectors[name], pids, MARGIN)
    return losses


def variant_model():
    """fast-reid's first MGN with instance norms, an exponent for every head, and a stem that rounds up."""
    make_layout_fixtures.CLASSES = CLASSES
    model = make_layout_fixtures.FastReidMgn("A", True, "ceiling", own_exponents=True).double()
    del model.pixel_mean, model.pixel_std
    for key, tensor in model.state_dict().items():
        if tensor.dtype.is_floating_point:
            name = variant_name(key)
            low, high = (2, 4) if name.endswith(".p") else formula.bounds(name, tuple(tensor.shape), True)
            u = formula.uniform(name, np.arange(tensor.numel()))
            tensor.copy_(torch.from_numpy((low + (high - low) * u).astype(np.float32).reshape(tuple(tensor.shape))))
    return model.train()


def main():
    cases = [
        run(mgn_torch.fill(mgn_torch.Mgn(18, 1 / 16, 16, CLASSES, "max")).double().train(), 18, "max"),
        run(mgn_torch.fill(mgn_torch.Mgn(50, 1 / 16, 16, CLASSES, "avg")).double().train(), 50, "avg"),
        run(variant_model(), 50, "gem", variant_terms, variant_name),
    ]
    with open(OUT, "w") as out:
        json.dump(cases, out, separators=(",", ":"))
        out.write("\n")


if __name__ == "__main__":
    main()
