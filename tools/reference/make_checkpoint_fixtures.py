"""Writes the small PyTorch checkpoints that the import tests read.

    /usr/bin/python3 tools/reference/make_checkpoint_fixtures.py

They go to mgn-core/src/test/resources/weights/; networks are gzipped (mostly zip padding).
"""

import argparse
import collections
import datetime
import gzip
import io
import json
import pathlib
import zlib

import numpy as np
import torch
import torchvision
from torch import nn

import formula
import mgn_torch

OUT = pathlib.Path(__file__).parents[2] / "mgn-core/src/test/resources/weights"


def save(name, value, **options):
    torch.save(value, OUT / name, **options)


def save_gz(name, value):
    buffer = io.BytesIO()
    torch.save(value, buffer)
    (OUT / (name + ".gz")).write_bytes(gzip.compress(buffer.getvalue(), 9, mtime=0))


def networks():
    # Stem of one channel; classes 3, embedding 5: all sizes differ.
    after = mgn_torch.fill(mgn_torch.Mgn(18, 1 / 64, 5, 3, classifier="after"))
    save_gz("mgn-pytorch.pth", after.state_dict())
    before = mgn_torch.fill(mgn_torch.Mgn(18, 1 / 64, 5, 3, classifier="before")).half()
    save_gz("mgn-pytorch-half.pth", {"epoch": 7, "state_dict": nn.DataParallel(before).state_dict()})
    shared = collections.OrderedDict(
        (key.replace("backone.", "backbone.").replace("reduction_0.", "reduction."), value)
        for key, value in after.state_dict().items()
        if not key.startswith("reduction_") or key.startswith("reduction_0.")
    )
    save_gz("reid-mgn.pth", {"model": shared})


def containers():
    torch.manual_seed(1)
    net = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    with torch.no_grad():
        net[0].weight.copy_(torch.arange(6.0).reshape(3, 2))
        net[0].bias.copy_(torch.tensor([-1.0, -2.0, -3.0]))
    optimizer = torch.optim.Adam(net.parameters())
    net(torch.randn(4, 2)).sum().backward()
    optimizer.step()
    with torch.no_grad():
        net[0].weight.copy_(torch.arange(6.0).reshape(3, 2))
        net[0].bias.copy_(torch.tensor([-1.0, -2.0, -3.0]))
    state = nn.DataParallel(net).state_dict()
    save("wrapped.pth", {
        "epoch": 3, "best": 0.75, "name": "käse", "none": None, "flags": [True, False], "big": 1 << 80,
        "negative": -5, "losses": [0.5] * 300, "sizes": (torch.Size([2, 3]), {1: 2, 2.5: "x"}),
        "optimizer": optimizer.state_dict(), "state_dict": state})
    save("model-key.pth", {"model": net.state_dict(), "epoch": 1})
    save("parameters.pth", dict(net.named_parameters()))
    for protocol in (2, 3, 4, 5):
        save(f"protocol{protocol}.pth", collections.OrderedDict(
            a=torch.tensor([1.0, 2.0]), **{"x" * 300: torch.tensor([[3.0]])}), pickle_protocol=protocol)
    save("legacy.pth", net.state_dict(), _use_new_zipfile_serialization=False)
    save("whole-module.pth", net)
    save("no-state.pth", {"epoch": 3, "net": net.state_dict()})
    save("single-tensor.pth", torch.ones(3))
    torch.jit.script(net).save(str(OUT / "script.pt"))


def strangers():
    """Python objects beside a state dict, which are left out, and inside, which are refused."""
    state = {"a": torch.tensor([1.0, 2.0]), "b": torch.tensor([3.0])}
    schedule = torch.optim.lr_scheduler.MultiStepLR(torch.optim.SGD(nn.Linear(1, 1).parameters(), lr=0.1), [20, 40])
    save("beside.pth", {
        "rank1": np.float32(0.9), "mAP": np.float64(0.8), "array": np.arange(3), "scheduler": schedule.state_dict(),
        "args": argparse.Namespace(lr=0.1), "when": datetime.datetime(2020, 1, 1), "seen": {"a"}, "blob": b"x",
        "classes": {("a", 1): 2}, "dtype": torch.float16, "device": torch.device("cpu"), "path": pathlib.PurePosixPath("/x"),
        "deque": collections.deque([1, 2]), "counts": collections.defaultdict(int, a=1), "complex": torch.ones(2) * 1j,
        "sparse": torch.eye(2).to_sparse(), "module": nn.Linear(1, 1), "function": torch.relu, "state_dict": state})
    save("inside-scalar.pth", {"a": np.float32(0.5), "b": torch.ones(1)})
    save("inside-complex.pth", {"c": torch.ones(2) * 1j, "b": torch.ones(1)})
    save("inside-sparse.pth", {"s": torch.eye(2).to_sparse(), "b": torch.ones(1)})
    save("module-key.pth", {"model": nn.Linear(1, 1), "epoch": 1})


def tensors():
    ramp = torch.arange(-3, 5)
    save("dtypes.pth", {
        str(dtype)[6:]: ramp.to(dtype)
        for dtype in (torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32,
                      torch.int16, torch.int8, torch.uint8, torch.bool)})
    base = torch.arange(24.0).reshape(2, 3, 4)
    save("views.pth", {
        "base": base,
        "permuted": base.permute(2, 0, 1),
        "sliced": base[:, 1:, ::2],
        "row": base[1, 2],
        "scalar": base[1, 0, 3],
        "tied": base,
        "expanded": torch.tensor([7.0]).expand(2, 3),
        "empty": torch.zeros(0, 4),
        "half_permuted": base.half().permute(1, 2, 0),
        "channels_last": torch.arange(36.0).reshape(1, 4, 3, 3).contiguous(memory_format=torch.channels_last),
    })


def names():
    """The names and shapes of torchvision's own networks."""
    for depth in (18, 50):
        state = getattr(torchvision.models, f"resnet{depth}")().state_dict()
        lines = [f"{key} {list(value.shape)}".replace(" ", "", 0) for key, value in state.items()]
        (OUT / f"torchvision-resnet{depth}.txt").write_text("\n".join(lines) + "\n")


def checksums():
    name = "branches.0.layer4.0.conv2.weight"
    (OUT / "formula.json").write_text(json.dumps({
        "images_2_100_40": zlib.crc32(formula.images(2, 100, 40).astype("<f4").tobytes()),
        name: zlib.crc32(formula.tensor(name, (32, 32, 3, 3), True).astype("<f4").tobytes()),
    }, indent=1) + "\n")


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    networks()
    containers()
    strangers()
    tensors()
    names()
    checksums()
