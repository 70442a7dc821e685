"""Writes what public networks compute, for the test of the importer's layouts.

    /usr/bin/python3 tools/reference/make_layout_fixtures.py

One JSON file (gzipped) in mgn-cli/src/test/resources/layouts/ for each layout: the names and shapes of a state dict, whose
values are those of formula.py for the foreign names, and the features of one image of formula.py. The networks are written
from the key names of the repositories; none of their code is used.
"""

import copy
import gzip
import json
import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import formula

OUT = pathlib.Path(__file__).parents[2] / "mgn-cli/src/test/resources/layouts"
STEM = 4
CLASSES = 5


class Ibn(nn.Module):
    """IBN-a: instance norm of the first half of the channels, batch norm of the others."""

    def __init__(self, channels):
        super().__init__()
        self.half = channels // 2
        self.IN = nn.InstanceNorm2d(self.half, affine=True)
        self.BN = nn.BatchNorm2d(channels - self.half)

    def forward(self, x):
        return torch.cat([self.IN(x[:, : self.half].contiguous()), self.BN(x[:, self.half :].contiguous())], 1)


class Block(nn.Module):
    def __init__(self, inputs, inner, stride, ibn, ratio):
        super().__init__()
        out, width = 4 * inner, ratio * inner
        self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
        self.bn1 = Ibn(width) if ibn else nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, out, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(out)
        self.downsample = None
        if stride != 1 or inputs != out:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, out, 1, stride, bias=False), nn.BatchNorm2d(out))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


class ResNet(nn.Module):
    def __init__(self, last_stride=2, ibn=False, pool="padded", stem_relu=True, blocks=(3, 4, 6, 3), ratio=1):
        super().__init__()
        self.conv1 = nn.Conv2d(3, STEM, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(STEM)
        self.relu = nn.ReLU() if stem_relu else nn.Identity()
        padded = pool == "padded"
        self.maxpool = nn.MaxPool2d(3, 2, padding=1 if padded else 0, ceil_mode=not padded)
        inputs = STEM
        for stage in range(4):
            inner = STEM << stage
            stride = (1, 2, 2, last_stride)[stage]
            layers = []
            for block in range(blocks[stage]):
                layers.append(Block(inputs, inner, stride if block == 0 else 1, ibn and stage < 3, ratio))
                inputs = 4 * inner
            setattr(self, "layer%d" % (stage + 1), nn.Sequential(*layers))
        self.channels = inputs

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        return self.layer4(self.layer3(self.layer2(self.layer1(x))))


class Gem(nn.Module):
    def __init__(self):
        super().__init__()
        self.p = nn.Parameter(torch.full((1,), 3.0))

    def forward(self, x):
        return F.adaptive_avg_pool2d(x.clamp(min=1e-6).pow(self.p), 1).pow(1 / self.p)


def sequential_trunk(r):
    return nn.Sequential(r.conv1, r.bn1, r.relu, r.maxpool, r.layer1, r.layer2, r.layer3[0])


def parts(map_, count):
    return list(torch.chunk(map_, count, dim=2))


class FastReidMgn(nn.Module):
    def __init__(self, generation, ibn, pool=None, own_exponents=False):
        super().__init__()
        self.generation = generation
        if generation != "C":
            self.register_buffer("pixel_mean", torch.zeros(1, 3, 1, 1))
            self.register_buffer("pixel_std", torch.ones(1, 3, 1, 1))
        r = ResNet(1, ibn, pool or ("padded" if generation == "A" else "ceiling"))
        self.backbone = sequential_trunk(r)
        shared = Gem()
        embedding = 16
        for branch, stripes in (("1", []), ("2", ["21", "22"]), ("3", ["31", "32", "33"])):
            rest = nn.Sequential(*copy.deepcopy(r.layer3[1:]))
            setattr(self, "b" + branch, nn.Sequential(rest, copy.deepcopy(r.layer4)))
            for name in [branch] + stripes:
                head = nn.Module()
                conv, norm = nn.Conv2d(r.channels, embedding, 1, bias=False), nn.BatchNorm2d(embedding)
                if generation == "A":
                    setattr(self, "b%s_pool" % name, nn.Sequential(Gem() if own_exponents else shared, conv, norm, nn.ReLU()))
                    head.bnneck = nn.BatchNorm2d(embedding)
                    head.bnneck.bias.requires_grad_(False)
                    head.classifier = nn.Linear(embedding, CLASSES, bias=False)
                else:
                    head.pool_layer = Gem()
                    head.bottleneck = nn.Sequential(conv, norm)
                    if generation == "B":
                        head.classifier = nn.Linear(embedding, CLASSES, bias=False)
                    else:
                        head.weight = nn.Parameter(torch.zeros(CLASSES, embedding))
                setattr(self, "b%s_head" % name, head)

    def vector(self, name, x):
        head = getattr(self, "b%s_head" % name)
        if self.generation == "A":
            return head.bnneck(getattr(self, "b%s_pool" % name)(x)).flatten(1)
        return head.bottleneck(head.pool_layer(x)).flatten(1)

    def maps(self, x):
        """The map of every head, by its name, in the order of the features."""
        x = self.backbone(x)
        m1, m2, m3 = self.b1(x), self.b2(x), self.b3(x)
        maps = [("1", m1), ("2", m2), ("3", m3)]
        return maps + list(zip(("21", "22"), parts(m2, 2))) + list(zip(("31", "32", "33"), parts(m3, 3)))

    def forward(self, x):
        return torch.cat([self.vector(name, m) for name, m in self.maps(x)], 1)


class FastReidBot(nn.Module):
    def __init__(self, generation, gem=False, embedding=0, ibn=False):
        super().__init__()
        if generation == "A":
            self.register_buffer("pixel_mean", torch.zeros(1, 3, 1, 1))
            self.register_buffer("pixel_std", torch.ones(1, 3, 1, 1))
        self.backbone = ResNet(1, ibn, "padded" if generation == "A" else "ceiling")
        head = self.heads = nn.Module()
        head.pool_layer = Gem() if gem else nn.AdaptiveAvgPool2d(1)
        width = embedding or self.backbone.channels
        if generation == "A":
            head.bnneck = nn.BatchNorm2d(width)
            head.classifier = nn.Linear(width, CLASSES, bias=False)
        else:
            layers = [nn.Conv2d(self.backbone.channels, embedding, 1, bias=False)] if embedding else []
            head.bottleneck = nn.Sequential(*layers, nn.BatchNorm2d(width))
            head.weight = nn.Parameter(torch.zeros(CLASSES, width))

    def forward(self, x):
        x = self.heads.pool_layer(self.backbone(x))
        neck = getattr(self.heads, "bnneck", None) or self.heads.bottleneck
        return neck(x).flatten(1)


class StrongBaseline(nn.Module):
    def __init__(self, ibn=False):
        super().__init__()
        self.base = ResNet(1, ibn, stem_relu=ibn)
        self.bottleneck = nn.BatchNorm1d(self.base.channels)
        self.classifier = nn.Linear(self.base.channels, CLASSES, bias=False)

    def forward(self, x):
        return self.bottleneck(F.adaptive_avg_pool2d(self.base(x), 1).flatten(1))


class Torchreid(ResNet):
    def __init__(self, fc=0):
        super().__init__(1 if fc else 2)
        self.fc = nn.Sequential(nn.Linear(self.channels, fc), nn.BatchNorm1d(fc), nn.ReLU()) if fc else None
        self.classifier = nn.Linear(fc or self.channels, CLASSES)

    def forward(self, x):
        x = F.adaptive_avg_pool2d(super().forward(x), 1).flatten(1)
        return x if self.fc is None else self.fc(x)


class TorchreidPcb(ResNet):
    def __init__(self):
        super().__init__(1)
        self.conv5 = nn.Module()
        self.conv5.layers = nn.Sequential(nn.Conv2d(self.channels, 16, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU())
        self.classifier = nn.ModuleList([nn.Linear(16, CLASSES) for _ in range(6)])

    def forward(self, x):
        return stripes(super().forward(x))


def stripes(map_):
    """Six stripes, part by part, each of length 1."""
    pooled = F.adaptive_avg_pool2d(map_, (6, 1)).squeeze(3)
    return F.normalize(pooled, dim=1).transpose(1, 2).flatten(1)


class ClassBlock(nn.Module):
    def __init__(self, inputs, width):
        super().__init__()
        self.add_block = nn.Sequential(nn.Linear(inputs, width), nn.BatchNorm1d(width), nn.Dropout(0.5))
        self.classifier = nn.Sequential(nn.Linear(width, CLASSES))


class LayumiBaseline(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = ResNet(2)
        self.model.fc = nn.Linear(self.model.channels, 3)
        self.classifier = ClassBlock(self.model.channels, 24)

    def forward(self, x):
        x = F.adaptive_avg_pool2d(self.model(x), 1).flatten(1)
        return self.classifier.add_block(x)


class LayumiPcb(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = ResNet(1)
        self.model.fc = nn.Linear(self.model.channels, 3)
        for i in range(6):
            setattr(self, "classifier%d" % i, ClassBlock(self.model.channels, 16))

    def forward(self, x):
        return stripes(self.model(x)) / 6**0.5


def bounds(name, shape):
    if name.endswith(".p"):
        return 2, 4
    if name == "pixel_mean":
        return 100, 140
    if name == "pixel_std":
        return 50, 60
    return formula.bounds(name, shape, True)


def values(name, shape):
    low, high = bounds(name, shape)
    u = formula.uniform(name, np.arange(int(np.prod(shape))))
    return torch.from_numpy((low + (high - low) * u).astype(np.float32).reshape(shape))


def write(name, network, height, width):
    network.eval()
    state = network.state_dict()  # a parameter under several names gets the values of the last one
    for key, tensor in state.items():
        if tensor.dtype.is_floating_point:
            tensor.copy_(values(key, tuple(tensor.shape)))
    with torch.no_grad():
        images = torch.from_numpy(formula.images(1, height, width)).float()
        features = network.double()(images.double())[0]
    content = {
        "input": [height, width],
        "tensors": {key: list(t.shape) for key, t in state.items() if t.dtype.is_floating_point},
        "features": [float("%.7g" % v) for v in features.tolist()],
    }
    text = json.dumps(content, separators=(",", ":")).encode()
    (OUT / (name + ".json.gz")).write_bytes(gzip.compress(text, 9, mtime=0))
    print(name, len(features), float(features.abs().max()))


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    for generation in "ABC":
        for ibn in (False, True):
            name = "fastreid-mgn-%s%s" % (generation.lower(), "-ibn" if ibn else "")
            write(name, FastReidMgn(generation, ibn), 384, 128)
    write("fastreid-bot-a", FastReidBot("A"), 256, 128)
    write("fastreid-bot-c", FastReidBot("C", gem=True), 256, 128)
    write("fastreid-bot-c-reduced", FastReidBot("C", embedding=16, ibn=True), 256, 128)
    write("strong-baseline", StrongBaseline(), 256, 128)
    write("strong-baseline-ibn", StrongBaseline(ibn=True), 256, 128)
    write("torchreid", Torchreid(), 256, 128)
    write("torchreid-fc512", Torchreid(fc=24), 256, 128)
    write("torchreid-pcb", TorchreidPcb(), 384, 128)
    write("layumi", LayumiBaseline(), 256, 128)
    write("layumi-pcb", LayumiPcb(), 384, 192)


if __name__ == "__main__":
    main()
