#!/usr/bin/env python3
"""Writes mgn-train/src/test/resources/training-full.json: the paper's network at full size, five steps by PyTorch.

4 identities x 4 images of 384x128, SGD as in the article. Weights and images are the formula's (formula.py), but every batch
norm's bias is raised by 3: with a plain random network, float32 rounding flips units at the kinks of ReLU and max pooling, and
PyTorch's own float32 gradients lie 2e-2 from its float64 ones. Values are float64's; `float32_distance` says how far PyTorch's
own float32 lies from them: per loss term the absolute difference, per gradient the relative Euclidean distance, the largest of each.

Takes about 10 minutes and 16 GB: /usr/bin/python3 tools/reference/make_full_training_fixtures.py
"""
import json

import torch

import formula
import mgn_torch
from make_training_fixtures import DECAY, LR, MOMENTUM, summary, terms

OUT = "mgn-train/src/test/resources/training-full.json"
HEIGHT, WIDTH = 384, 128
P, K = 4, 4
STEPS = 5
RAISE = 3.0
FLOOR = 1e-2


def model():
    net = mgn_torch.fill(mgn_torch.Mgn(50, 1, 256, P, "max"))
    with torch.no_grad():
        for module in net.modules():
            if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
                module.bias += RAISE
    return net.train()


def total(losses):
    def mean(kind):
        return torch.stack([v for k, v in losses.items() if k.startswith(kind)]).mean()

    return mean("softmax") + mean("triplet")


def gradients(dtype):
    net = model().to(dtype)
    images = torch.from_numpy(formula.images(P * K, HEIGHT, WIDTH)).to(dtype)
    losses = terms(net, images, torch.arange(P).repeat_interleave(K))
    total(losses).backward()
    return {k: v.item() for k, v in losses.items()}, {k: v.grad.double() for k, v in net.named_parameters()}


def distance(losses32, gradients32, losses, gradients64):
    return dict(
        loss=max(abs(losses32[k] - float(v)) for k, v in losses.items()),
        gradient=max(
            ((gradients32[k] - v).norm() / max(v.norm().item(), FLOOR)).item() for k, v in gradients64.items()
        ),
    )


def main():
    losses32, gradients32 = gradients(torch.float32)
    net = model().double()
    images = torch.from_numpy(formula.images(P * K, HEIGHT, WIDTH)).double()
    pids = torch.arange(P).repeat_interleave(K)
    optimizer = torch.optim.SGD(net.parameters(), lr=LR, momentum=MOMENTUM, weight_decay=DECAY)
    case = dict(losses=[], gradients={}, weights={})
    for step in range(1, STEPS + 1):
        losses = terms(net, images, pids)
        optimizer.zero_grad()
        total(losses).backward()
        case["losses"].append({k: v.item() for k, v in losses.items()})
        if step == 1:
            grads = dict(net.named_parameters())
            case["gradients"] = {mgn_torch.own_name(k): summary(v.grad) for k, v in grads.items()}
            case["float32_distance"] = distance(losses32, gradients32, losses, {k: v.grad for k, v in grads.items()})
            print(case["float32_distance"], case["losses"][0], flush=True)
        optimizer.step()
        if step in (1, STEPS):
            case["weights"][str(step)] = {
                mgn_torch.own_name(k): summary(v) for k, v in net.state_dict().items() if "num_batches" not in k
            }
    with open(OUT, "w") as out:
        json.dump(case, out, separators=(",", ":"))
        out.write("\n")


if __name__ == "__main__":
    main()
