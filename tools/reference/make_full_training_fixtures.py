#!/usr/bin/env python3
"""Writes mgn-train/src/test/resources/training-full.json: MGNs trained by PyTorch from 8-bit images, a tiny one and the paper's.

4 identities x 4 images, SGD as in the article, in float64. Weights are the formula's (formula.py), but every batch norm's bias
is raised by 3: with a plain random network, float32 rounding flips units at the kinks of ReLU and max pooling, and PyTorch's
own float32 gradients lie 2e-2 from its float64 ones. Images are the formula's as 8-bit pixels, scaled with ImageNet's mean and
standard deviation, so that they can be written to files and read by the train command. `float32_distance` says how far
PyTorch's own float32 lies from its float64 at the first step: the largest absolute difference of a loss term, and the largest
relative one of a gradient's summary. What a raised bias adds, the next batch norm takes out again: its gradient is a small
rest of large sums, so it is measured against the gradients of its batch norm together.

Takes about 10 minutes and 10 GB: /usr/bin/python3 tools/reference/make_full_training_fixtures.py
"""
import json
import math
import os

import numpy as np
import torch

import formula
import mgn_torch
from make_training_fixtures import DECAY, LR, MOMENTUM, summary, terms

OUT = os.environ.get("OUT", "mgn-train/src/test/resources/training-full.json")
P, K = 4, 4
STEPS = 5
RAISE = 3.0
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def pixels(count, height, width):
    """uint8 [count, 3, height, width]: the formula's images from [-2, 2) to 0..255."""
    return np.floor((formula.images(count, height, width).astype(np.float64) + 2) * 63.75).clip(0, 255).astype(np.uint8)


def images(height, width):
    mean, std = (np.array(v).reshape(1, 3, 1, 1) for v in (MEAN, STD))
    return torch.from_numpy((pixels(P * K, height, width) / 255.0 - mean) / std)


def model(width, embedding):
    net = mgn_torch.fill(mgn_torch.Mgn(50, width, embedding, P, "max"))
    with torch.no_grad():
        for module in net.modules():
            if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
                module.bias += RAISE
    return net.train()


def total(losses):
    def mean(kind):
        return torch.stack([v for k, v in losses.items() if k.startswith(kind)]).mean()

    return mean("softmax") + mean("triplet")


def gradients(net, inputs, dtype):
    losses = terms(net.to(dtype), inputs.to(dtype), torch.arange(P).repeat_interleave(K))
    total(losses).backward()
    return {k: v.item() for k, v in losses.items()}, {k: summary(v.grad) for k, v in net.named_parameters()}


def distance(losses32, gradients32, losses, gradients64):
    """As the Java test measures its own: norms and sampled entries, relative to the norm, or for a batch norm's bias to the norm
    of the gradients of its scale and bias together."""

    def norm(key):
        return gradients64[key][0]

    def relative(key):
        scale = norm(key)
        weight = key[: -len("bias")] + "weight"
        if key.endswith("bias") and not key.startswith("fc_"):
            scale = math.hypot(scale, norm(weight))
        return max(abs(x - y) for x, y in zip(gradients32[key], gradients64[key])) / scale

    return dict(loss=max(abs(losses32[k] - losses[k]) for k in losses), gradient=max(map(relative, gradients64)))


def run(width, embedding, height, breadth):
    inputs = images(height, breadth)
    losses32, gradients32 = gradients(model(width, embedding), inputs, torch.float32)
    net = model(width, embedding).double()
    pids = torch.arange(P).repeat_interleave(K)
    optimizer = torch.optim.SGD(net.parameters(), lr=LR, momentum=MOMENTUM, weight_decay=DECAY)
    case = dict(width=width, embedding=embedding, input=[height, breadth], losses=[], gradients={}, weights={})
    for step in range(1, STEPS + 1):
        losses = terms(net, inputs, pids)
        optimizer.zero_grad()
        total(losses).backward()
        case["losses"].append({k: v.item() for k, v in losses.items()})
        if step == 1:
            gradients64 = {k: summary(v.grad) for k, v in net.named_parameters()}
            case["gradients"] = {mgn_torch.own_name(k): v for k, v in gradients64.items()}
            case["float32_distance"] = distance(losses32, gradients32, case["losses"][0], gradients64)
            print(case["float32_distance"], case["losses"][0], flush=True)
        optimizer.step()
        if step in (1, STEPS):
            case["weights"][str(step)] = {
                mgn_torch.own_name(k): summary(v) for k, v in net.state_dict().items() if "num_batches" not in k
            }
        yield case


def main():
    cases = []
    for arguments in ((1 / 16, 16, 96, 48), (1, 256, 384, 128)):
        cases.append({})
        for case in run(*arguments):
            cases[-1] = case
            with open(OUT, "w") as out:
                json.dump(cases, out, separators=(",", ":"))
                out.write("\n")
            print("step", len(case["losses"]), flush=True)


if __name__ == "__main__":
    main()
