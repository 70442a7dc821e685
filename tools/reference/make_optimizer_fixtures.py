#!/usr/bin/env python3
"""Writes mgn-train/src/test/resources/optimizer-fixtures.json: weights after each of five steps of PyTorch's optimizers in float64.

Run from the project's root with Debian's python3-torch: /usr/bin/python3 tools/reference/make_optimizer_fixtures.py
"""
import json

import torch

OUT = "mgn-train/src/test/resources/optimizer-fixtures.json"
STEPS = 5


def run(kind, options, lrs):
    torch.manual_seed(3)
    weight = torch.nn.Parameter(torch.randn(3, 2, dtype=torch.float64))
    bias = torch.nn.Parameter(torch.randn(4, dtype=torch.float64))
    optimizer = getattr(torch.optim, kind)([weight, bias], lr=1.0, **options)
    case = dict(kind=kind, lrs=lrs, options=options, weight=weight.tolist(), bias=bias.tolist(), steps=[])
    for lr in lrs:
        weight.grad = torch.randn(3, 2, dtype=torch.float64)
        bias.grad = torch.randn(4, dtype=torch.float64)
        gradients = weight.grad.tolist(), bias.grad.tolist()
        for group in optimizer.param_groups:
            group["lr"] = lr
        optimizer.step()
        case["steps"].append(dict(weightGradient=gradients[0], biasGradient=gradients[1], weight=weight.tolist(),
                                  bias=bias.tolist()))
    return case


def main():
    lrs = [0.1, 0.1, 0.05, 0.05, 0.01]
    cases = [
        run("SGD", dict(momentum=0.9, weight_decay=5e-4), lrs),
        run("SGD", dict(momentum=0.0, weight_decay=0.1), lrs),
        run("SGD", dict(momentum=0.5, weight_decay=0.0), lrs),
        run("Adam", dict(betas=[0.9, 0.999], eps=1e-8, weight_decay=5e-4, amsgrad=False), lrs),
        run("Adam", dict(betas=[0.8, 0.9], eps=1e-3, weight_decay=0.1, amsgrad=True), lrs),
    ]
    with open(OUT, "w") as out:
        json.dump(cases, out, indent=1)
        out.write("\n")


if __name__ == "__main__":
    main()
