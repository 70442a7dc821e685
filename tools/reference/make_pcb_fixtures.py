#!/usr/bin/env python3
"""Writes what a tiny PCB (Sun et al., "Beyond Part Models", ECCV 2018) computes in PyTorch, in float64.

Six stripes of a map whose last stage keeps its resolution, average pooling, a reduction (1x1 convolution, batch norm, ReLU) and
a classifier of its own for each stripe, softmax loss on each.

mgn-train/src/test/resources/pcb-training.json: losses of three steps, gradients of the first, weights after the last.
mgn-cli/src/test/resources/pcb-features.json: features of two images (mean of the image's and its mirror's), six reduced vectors
one after the other; and the joined features of three networks, that PCB, a shallower one and a single global branch, as they are
and each of length 1.

Weights and images are the formula's (formula.py), the images of the features its uniform numbers as bytes; tensors are summarised as in make_training_fixtures.py.

Run from the project's root with Debian's python3-torch: /usr/bin/python3 tools/reference/make_pcb_fixtures.py
"""
import json

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import formula
import make_training_fixtures as training
from mgn_torch import blocks

TRAINING = "mgn-train/src/test/resources/pcb-training.json"
FEATURES = "mgn-cli/src/test/resources/pcb-features.json"
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
STRIPES, CLASSES, EMBEDDING = 6, 3, 16
IMAGES = 2


class Network(nn.Module):
    """A ResNet with one branch, as this project splits it: the stages after layer3's first block belong to the branch."""

    def __init__(self, depth, width, stripes):
        super().__init__()
        self.stripes, self.bottleneck = stripes, depth >= 50
        stem, expansion = round(64 * width), 4 if depth >= 50 else 1

        def stage(number, stride):
            return blocks(depth, stem, number, stride)

        self.conv1 = nn.Conv2d(3, stem, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(stem)
        self.layer1 = nn.Sequential(*stage(1, 1))
        self.layer2 = nn.Sequential(*stage(2, 2))
        self.layer3 = nn.Sequential(*stage(3, 2))
        self.layer4 = nn.Sequential(*stage(4, 1 if stripes else 2))
        channels = (stem << 3) * expansion
        heads = stripes or 1
        self.reductions = nn.ModuleList(
            nn.Sequential(nn.Conv2d(channels, EMBEDDING, 1, bias=False), nn.BatchNorm2d(EMBEDDING), nn.ReLU())
            for _ in range(heads)
        )
        self.classifiers = nn.ModuleList(nn.Linear(EMBEDDING if stripes else channels, CLASSES) for _ in range(heads))

    def vectors(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        pooled = F.adaptive_avg_pool2d(x, (self.stripes, 1)) if self.stripes else F.adaptive_max_pool2d(x, 1)
        return [r(pooled[:, :, i : i + 1]).flatten(1) for i, r in enumerate(self.reductions)]

    def forward(self, x):
        return torch.cat(self.vectors(x), 1)

    def own_name(self, key):
        """Name in this project's model files of a key of the state dict."""
        head, rest = key.split(".", 1)
        if head in ("reductions", "classifiers"):
            index, rest = rest.split(".", 1)
            feature = "p%d_%s" % (self.stripes, index) if self.stripes else "g1"
            return f"{head}.{feature}.{rest}"
        if head == "layer4" or (head == "layer3" and not rest.startswith("0.")):
            return "branches.0." + key
        return "trunk." + key


def fill(network):
    with torch.no_grad():
        for key, value in network.state_dict().items():
            if not key.endswith("num_batches_tracked"):
                name = network.own_name(key)
                value.copy_(torch.from_numpy(formula.tensor(name, tuple(value.shape), network.bottleneck)))
    return network.double()


def terms(network, images, pids):
    return {
        "softmax/p%d_%d" % (STRIPES, i): F.cross_entropy(network.classifiers[i](v), pids)
        for i, v in enumerate(network.vectors(images))
    }


def rounded(tensor):
    return [float("%.9g" % v) for v in tensor.flatten().tolist()]


def images(height, width):
    """8-bit RGB images, normalised as ImageNet's."""
    u = formula.uniform("pcb.image", np.arange(IMAGES * height * width * 3))
    pixels = torch.from_numpy(np.floor(256 * u)).reshape(IMAGES, height, width, 3) / 255
    return ((pixels - torch.tensor(MEAN).double()) / torch.tensor(DEVIATION).double()).permute(0, 3, 1, 2)


def features(network, height, width):
    network.eval()
    with torch.no_grad():
        x = images(height, width)
        return (network(x) + network(x.flip(3))) / 2


def step(network):
    """Three steps as in make_training_fixtures, without a triplet loss."""
    images = torch.from_numpy(formula.images(training.P * training.K, training.HEIGHT, training.WIDTH)).double()
    pids = torch.arange(training.P).repeat_interleave(training.K)
    optimizer = torch.optim.SGD(
        network.parameters(), lr=training.LR, momentum=training.MOMENTUM, weight_decay=training.DECAY
    )
    case = dict(losses=[], gradients={}, weights={})
    for number in range(1, training.STEPS + 1):
        network.train()
        losses = terms(network, images, pids)
        optimizer.zero_grad()
        torch.stack(list(losses.values())).mean().backward()
        case["losses"].append({k: v.item() for k, v in losses.items()})
        if number == 1:
            case["gradients"] = {
                network.own_name(k): training.summary(v.grad) for k, v in network.named_parameters()
            }
        optimizer.step()
    case["weights"] = {
        network.own_name(k): training.summary(v) for k, v in network.state_dict().items() if "num_batches" not in k
    }
    return case


def write(path, content):
    with open(path, "w") as out:
        json.dump(content, out, separators=(",", ":"))
        out.write("\n")


def main():
    height, width = training.HEIGHT, training.WIDTH
    write(TRAINING, step(fill(Network(50, 1 / 16, STRIPES))))
    parts = [
        features(fill(network), height, width)
        for network in (Network(50, 1 / 16, STRIPES), Network(18, 1 / 16, STRIPES), Network(18, 1 / 16, 0))
    ]
    write(
        FEATURES,
        dict(
            features=rounded(parts[0]),
            joined=rounded(torch.cat(parts, 1)),
            joinedOfLengthOne=rounded(torch.cat([F.normalize(p, dim=1) for p in parts], 1)),
        ),
    )


if __name__ == "__main__":
    main()
