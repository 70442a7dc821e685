#!/usr/bin/env python3
"""Writes mgn-train/src/test/resources/training-full.json: MGNs trained by PyTorch from 8-bit images, a tiny one and the paper's.

4 identities x 4 images, SGD as in the article, in float64. Weights are the formula's (formula.py), but every batch norm's bias
is raised by 3: with a plain random network, float32 rounding flips units at the kinks of ReLU and max pooling, and PyTorch's
own float32 gradients lie 2e-2 from its float64 ones. For the same reason no head sees a channel whose maximum in some image
is less than TIE above the next: where rounding moves a maximum to another place, a gradient jumps by 1e-2. Images are the
formula's as 8-bit pixels, scaled with ImageNet's mean and standard deviation, so that they can be written to files and read by
the train command. `float32_distance` says how far PyTorch's own float32 lies from its float64: the largest absolute difference
of a loss term in each step, the largest relative one of a gradient's summary, and of a weight's or statistic's. What a raised
bias adds, the next batch norm takes out again: its gradient is a small rest of large sums, so it is measured against the
gradients of its batch norm together.

Needs 15 GB and a fast BLAS (Debian's libopenblas0: with the reference BLAS a step takes five minutes):
/usr/bin/python3 tools/reference/make_full_training_fixtures.py
"""
import json
import math
import os

import numpy as np
import torch

import formula
import mgn_torch
from make_training_fixtures import DECAY, MOMENTUM, summary, terms

OUT = os.environ.get("OUT", "mgn-train/src/test/resources/training-full.json")
P, K = 4, 4
STEPS = 5
LR = 1e-3  # at the article's 0.01 and these losses, rounding grows a hundredfold in the second step
RAISE = 3.0
TIE = 3e-4
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def pixels(count, height, width):
    """uint8 [count, 3, height, width]: the formula's images from [-2, 2) to 0..255."""
    return np.floor((formula.images(count, height, width).astype(np.float64) + 2) * 63.75).clip(0, 255).astype(np.uint8)


def images(height, width):
    mean, std = (np.array(v).reshape(1, 3, 1, 1) for v in (MEAN, STD))
    return torch.from_numpy((pixels(P * K, height, width) / 255.0 - mean) / std)


def model(width, embedding, cut):
    net = mgn_torch.fill(mgn_torch.Mgn(50, width, embedding, P, "max"))
    with torch.no_grad():
        for module in net.modules():
            if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
                module.bias += RAISE
        for i, feature in enumerate(mgn_torch.FEATURES):
            getattr(net, f"reduction_{i}")[0].weight[:, cut.get(feature, [])] = 0
            if i < 3:
                getattr(net, mgn_torch.CLASSIFIERS[i]).weight[:, cut.get(feature, [])] = 0
    return net.train()


def near_ties(width, embedding, inputs):
    """Channels of each feature whose two largest values are close to each other in some image."""
    net = model(width, embedding, {}).double()
    with torch.no_grad():
        x = net.backone(inputs)
        maps = [net.p1(x), net.p2(x), net.p3(x)]
    parts = list(maps)
    for map_, stripes in ((maps[1], 2), (maps[2], 3)):
        parts += map_.split(map_.shape[2] // stripes, dim=2)
    cut = {}
    for feature, part in zip(mgn_torch.FEATURES, parts):
        first, second = part.flatten(2).topk(2, dim=2).values.unbind(2)
        cut[feature] = (first - second < TIE).any(0).nonzero().flatten().tolist()
    return cut


def total(losses):
    def mean(kind):
        return torch.stack([v for k, v in losses.items() if k.startswith(kind)]).mean()

    return mean("softmax") + mean("triplet")


def train(net, inputs):
    """Yields, for each step, the loss terms, the gradients' summaries and those of all weights and statistics after it."""
    pids = torch.arange(P).repeat_interleave(K)
    optimizer = torch.optim.SGD(net.parameters(), lr=LR, momentum=MOMENTUM, weight_decay=DECAY)
    for _ in range(STEPS):
        losses = terms(net, inputs, pids)
        optimizer.zero_grad()
        total(losses).backward()
        gradients = {mgn_torch.own_name(k): summary(v.grad) for k, v in net.named_parameters()}
        optimizer.step()
        weights = {mgn_torch.own_name(k): summary(v) for k, v in net.state_dict().items() if "num_batches" not in k}
        yield {k: v.item() for k, v in losses.items()}, gradients, weights


def gradient_distance(found, wanted):
    """As the Java test measures its own: norms and sampled entries, relative to the norm, or for a batch norm's bias to the norm
    of the gradients of its scale and bias together."""

    def relative(key):
        scale = wanted[key][0]
        if key.endswith("bias") and not key.startswith("classifiers"):
            scale = math.hypot(scale, wanted[key[: -len("bias")] + "weight"][0])
        return max(abs(x - y) for x, y in zip(found[key], wanted[key])) / scale

    return max(map(relative, wanted))


def weight_distance(found, wanted):
    return max(max(abs(x - y) for x, y in zip(found[k], v)) / max(v[0], 1e-2) for k, v in wanted.items())


def run(width, embedding, height, breadth):
    inputs = images(height, breadth)
    cut = near_ties(width, embedding, inputs)
    print({k: len(v) for k, v in cut.items()}, flush=True)
    case = dict(width=width, embedding=embedding, input=[height, breadth], rate=LR, cut=cut)
    case.update(losses=[], gradients={}, weights={}, float32_distance=dict(loss=[], weights={}))
    own = case["float32_distance"]
    single = train(model(width, embedding, cut), inputs.float())
    double = train(model(width, embedding, cut).double(), inputs)
    for step, (found, wanted) in enumerate(zip(single, double), 1):
        case["losses"].append(wanted[0])
        own["loss"].append(max(abs(found[0][k] - v) for k, v in wanted[0].items()))
        if step == 1:
            case["gradients"] = wanted[1]
            own["gradient"] = gradient_distance(found[1], wanted[1])
        if step in (1, STEPS):
            case["weights"][str(step)] = wanted[2]
            own["weights"][str(step)] = weight_distance(found[2], wanted[2])
        print("step", step, wanted[0], own, flush=True)
    return case


def main():
    cases = [run(*arguments) for arguments in ((1 / 16, 16, 96, 48), (1, 256, 384, 128))]
    with open(OUT, "w") as out:
        json.dump(cases, out, separators=(",", ":"))
        out.write("\n")


if __name__ == "__main__":
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    main()
