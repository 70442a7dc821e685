#!/usr/bin/env python3
"""Writes the feature network of a model file as TorchScript, for the peer DJL (libtorch) of mgn-bench/compare-engines.sh.

    python3 tools/reference/trace_mgn.py MODEL.safetensors OUT.pt [--dtype fp32|bf16] [--kind frozen|fused]

Input: float32 [N, height, width, 3], normalised RGB; output: float32 [N, dims]. Channels-last throughout: the permuted input is
in that format already. Batch norm is folded into the convolutions.

frozen: traced and frozen, as the PyTorch guides advise.
fused: what torch.compile makes of the network on a CPU: oneDNN convolutions with ReLU and the residual sum fused in, made in
place where nobody else reads, and weights packed once. libtorch has these operators; PyTorch 1.13, which
this runs on, need only know their names.
"""

import argparse
import json
import struct
from typing import List

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval

import mgn_torch

STUBS = torch._C._dispatch_library("FRAGMENT", "mkldnn", "", __file__, 0)
CONV = "int[] padding, int[] stride, int[] dilation, int groups"
UNARY = "str? unary_attr, Scalar?[] unary_scalars, str? unary_algorithm"
STUBS.def_(f"_convolution_pointwise(Tensor X, Tensor W, Tensor? B, {CONV}, str attr, Scalar?[] scalars, str? algorithm)"
             " -> Tensor Y")
STUBS.def_(f"_convolution_pointwise.binary(Tensor X, Tensor other, Tensor W, Tensor? B, {CONV}, str binary_attr,"
             f" Scalar? alpha, {UNARY}) -> Tensor Y")
STUBS.def_(f"_convolution_pointwise_.binary(Tensor(a!) other, Tensor X, Tensor W, Tensor? B, {CONV}, str binary_attr,"
             f" Scalar? alpha, {UNARY}) -> Tensor(a!) Y")
STUBS.def_("_reorder_convolution_weight(Tensor self, int[2] padding=0, int[2] stride=1, int[2] dilation=1, int groups=1,"
             " int[]? input_size=None) -> Tensor Y")


def load(path):
    """The network and its input size from a model file."""
    with open(path, "rb") as file:
        length = struct.unpack("<Q", file.read(8))[0]
        header = json.loads(file.read(length))
        data = file.read()
    spec = json.loads(header["__metadata__"]["mgn"])
    plain = {
        "split": {"stage": 3, "blocks": 1},
        "branches": [
            {"global": True, "stripes": [], "unit_stride_stages": []},
            {"global": True, "stripes": [2], "unit_stride_stages": [4]},
            {"global": True, "stripes": [3], "unit_stride_stages": [4]},
        ],
    }
    for key, value in plain.items():
        if spec[key] != value:
            raise SystemExit(f"{path}: only the paper's three branches can be traced, this one's {key} is {spec[key]}")
    net = mgn_torch.Mgn(
        spec["backbone"]["depth"],
        spec["backbone"]["width"],
        spec["embedding"],
        spec["classes"],
        spec["pooling"],
        "before" if spec["global_classifier"] == "before_reduction" else "after",
    )
    state = net.state_dict()
    for key, value in state.items():
        if key.endswith("num_batches_tracked"):
            continue
        entry = header[mgn_torch.own_name(key)]
        if entry["dtype"] != "F32":
            raise SystemExit(f"{path}: float32 weights expected, {mgn_torch.own_name(key)} is {entry['dtype']}")
        start, end = entry["data_offsets"]
        value.copy_(torch.from_numpy(np.frombuffer(data[start:end], "<f4").reshape(entry["shape"]).copy()))
    return net.eval(), (spec["input"]["height"], spec["input"]["width"])


class Frozen(nn.Module):
    """The network as it is, between the two conversions."""

    def __init__(self, net, dtype):
        super().__init__()
        self.net, self.dtype = net, dtype

    def forward(self, images):
        return self.net(images.permute(0, 3, 1, 2).to(self.dtype)).float()


class Conv(nn.Module):
    """A convolution with its batch norm folded in and ReLU or a sum and ReLU behind it. Weights are packed for the size of batch
    that it was called with last, as torch.compile packs them for a size: in the form for 16 images, one takes five times as long."""

    def __init__(self, conv, norm, relu, dtype):
        super().__init__()
        folded = fuse_conv_bn_eval(conv, norm).to(dtype)
        self.weight, self.bias = folded.weight.detach(), folded.bias.detach()
        self.packed = self.weight
        self.batch: int = 0
        self.stride = [conv.stride[0], conv.stride[0]]
        self.padding = [conv.padding[0], conv.padding[0]]
        self.attr: str = "relu" if relu else "none"

    @torch.jit.export
    def pack(self, x):
        if x.shape[0] != self.batch:
            self.batch = x.shape[0]
            self.packed = torch.ops.mkldnn._reorder_convolution_weight(
                self.weight, self.padding, self.stride, [1, 1], 1, x.shape)
        return self.packed

    def forward(self, x):
        return torch.ops.mkldnn._convolution_pointwise(
            x, self.pack(x), self.bias, self.padding, self.stride, [1, 1], 1, self.attr, [], "")

    @torch.jit.export
    def add(self, x, other):
        return torch.ops.mkldnn._convolution_pointwise(
            x, other, self.pack(x), self.bias, self.padding, self.stride, [1, 1], 1, "add", 1.0, "relu", [], None)

    @torch.jit.export
    def add_(self, x, other):
        return torch.ops.mkldnn._convolution_pointwise_(
            other, x, self.pack(x), self.bias, self.padding, self.stride, [1, 1], 1, "add", 1.0, "relu", [], None)


class Block(nn.Module):
    """A bottleneck; the sum overwrites the shortcut unless other branches read it."""

    def __init__(self, block, make, shared):
        super().__init__()
        self.a = make(block.conv1, block.bn1, True)
        self.b = make(block.conv2, block.bn2, True)
        self.c = make(block.conv3, block.bn3, True)
        project = hasattr(block, "downsample")
        self.shortcut = make(*block.downsample, False) if project else nn.Identity()
        self.inplace: bool = project or not shared

    def forward(self, x):
        shortcut = self.shortcut(x)
        y = self.b(self.a(x))
        if self.inplace:
            return self.c.add_(y, shortcut)
        return self.c.add(y, shortcut)


class Fused(nn.Module):
    def __init__(self, net, dtype):
        super().__init__()
        if not net.bottleneck:
            raise SystemExit("the fused kind is written for bottlenecks (ResNet-50 and larger)")

        def make(conv, norm, relu):
            return Conv(conv, norm, relu, dtype)

        self.dtype: torch.dtype = dtype
        self.mean: bool = net.pool != "max"
        self.stem = make(net.backone[0], net.backone[1], True)
        blocks = [*net.backone[4], *net.backone[5], net.backone[6]]
        self.trunk = nn.Sequential(*[Block(b, make, False) for b in blocks])

        def branch(stages):
            return nn.Sequential(*[Block(b, make, i == 0) for i, b in enumerate([*stages[0], *stages[1]])])

        self.p1, self.p2, self.p3 = branch(net.p1), branch(net.p2), branch(net.p3)
        self.reductions = nn.ModuleList()
        for i in range(8):
            conv, norm, _ = getattr(net, f"reduction_{i}")
            self.reductions.append(make(conv, norm, True))

    def pool(self, x):
        return F.adaptive_avg_pool2d(x, 1) if self.mean else F.adaptive_max_pool2d(x, 1)

    def forward(self, images):
        x = images.permute(0, 3, 1, 2).to(self.dtype)
        x = self.trunk(F.max_pool2d(self.stem(x), 3, 2, 1))
        a, b, c = self.p1(x), self.p2(x), self.p3(x)
        h2, h3 = b.shape[2] // 2, c.shape[2] // 3
        parts = [a, b, c, b[:, :, :h2], b[:, :, h2:], c[:, :, :h3], c[:, :, h3:2 * h3], c[:, :, 2 * h3:]]
        out: List[torch.Tensor] = []
        for i, reduction in enumerate(self.reductions):
            out.append(reduction(self.pool(parts[i])))
        return torch.cat(out, 1).flatten(1).float()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("out")
    parser.add_argument("--dtype", choices=("fp32", "bf16"), default="fp32")
    parser.add_argument("--kind", choices=("frozen", "fused"), default="frozen")
    options = parser.parse_args()
    dtype = torch.float32 if options.dtype == "fp32" else torch.bfloat16
    torch.set_grad_enabled(False)
    net, (height, width) = load(options.model)
    if options.kind == "frozen":
        net = net.to(dtype=dtype, memory_format=torch.channels_last)
        script = torch.jit.freeze(torch.jit.trace(Frozen(net, dtype).eval(), torch.zeros(2, height, width, 3), check_trace=False))
    else:
        script = torch.jit.script(Fused(net, dtype).to(memory_format=torch.channels_last).eval())
    script.save(options.out)


if __name__ == "__main__":
    main()
