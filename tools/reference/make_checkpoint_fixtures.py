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
import python2_pickle

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
    save("net-key.pth", {"epoch": 3, "net": net.state_dict()})
    save("no-state.pth", {"epoch": 3, "weights": [torch.ones(3)]})
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


class Block(nn.Module):
    """Has what the order of a state dict depends on."""

    def __init__(self, inner):
        super().__init__()
        self.register_buffer("early", torch.tensor([9.0]))
        self.inner = inner
        self.scale = nn.Parameter(torch.tensor([2.0, 3.0]))
        self.register_parameter("nothing", None)
        self.register_buffer("passing", torch.tensor([4.0]), persistent=False)
        self.unused = None
        self.trunk = [inner]  # a list is no submodule
        self.child = None

    def forward(self, x):
        return x


def modules():
    """Whole modules beside their state dicts: torch.save(model), and what is read of it."""
    torch.manual_seed(2)
    shared = nn.BatchNorm1d(2, affine=False)
    net = nn.DataParallel(nn.Sequential(Block(shared), nn.Sequential(nn.Linear(2, 2), shared), Block(nn.ReLU())))
    save("module-state.pth", net.state_dict())
    save("module-whole.pth", net)
    source = torch.serialization.get_source_lines_and_file

    def own_source(kind):
        if kind is Block:
            return source(kind)
        raise OSError("PyTorch's own source is left out, as it is if it cannot be found")

    torch.serialization.get_source_lines_and_file = own_source
    save("module-whole-legacy.pth", net, _use_new_zipfile_serialization=False)
    torch.serialization.get_source_lines_and_file = source
    save("module-wrapped.pth", {"epoch": 1, "net": net.module})


def legacy():
    """The format before PyTorch 1.6. Keys of storages are addresses: each run gives other bytes."""
    old = {"_use_new_zipfile_serialization": False}
    torch.manual_seed(1)
    dtypes, views = torch.load(OUT / "dtypes.pth"), torch.load(OUT / "views.pth")
    save("legacy-dtypes.pth", dtypes, **old)
    save("legacy-views.pth", views, **old)
    for protocol in (1, 2, 3, 4, 5):
        save(f"legacy-protocol{protocol}.pth", collections.OrderedDict(a=torch.tensor([1.0, 2.0])), pickle_protocol=protocol,
             **old)
    save("legacy-protocol0.pth", {"a": torch.tensor([1.0, 2.0])}, pickle_protocol=0, **old)
    save("legacy-beside.pth", {
        "rank1": np.float32(0.9), "counts": collections.Counter([20, 40]), "args": argparse.Namespace(lr=0.1),
        "complex": torch.ones(2) * 1j, "quantised": torch.quantize_per_tensor(torch.ones(3), 0.5, 0, torch.qint8),
        "sparse": torch.eye(2).to_sparse(), "seen": {"a"}, "classes": {("a", 1): 2}, "dtype": torch.float16,
        "state_dict": {"a": torch.tensor([1.0, 2.0]), "b": torch.tensor([3.0])}}, **old)
    quantised = torch.quantize_per_tensor(torch.ones(3), 0.5, 0, torch.qint8)
    save("inside-quantised.pth", {"q": quantised, "b": torch.ones(1)})
    save("inside-quantised-legacy.pth", {"q": quantised, "b": torch.ones(1)}, **old)
    save("inside-meta.pth", {"m": torch.ones(2, device="meta"), "b": torch.ones(1)})


def python2():
    """Files as Python 2 wrote them, and as big-endian machines did; PyTorch reads the former."""
    p = python2_pickle
    ramp = np.arange(12, dtype="<f4")
    whole = p.storage("FloatStorage", "93824", 12)
    state = p.ordered_dict([
        ("module.conv.weight", p.tensor(whole, 0, (p.Long(3), p.Long(4)), (p.Long(4), p.Long(1)))),
        ("module.conv.view", p.tensor(p.storage("FloatStorage", "93824", 12, ("93900", 4, 6)), 1, (2, 2), (1, 2))),
        ("module.conv.shared", p.tensor(whole, 8, (4,), (1,))),
        ("module.bn.count", p.tensor(p.storage("LongStorage", "93999", 2), 1, (1,), (1,)))])
    value = {"state_dict": state, "epoch": 60, "best": 0.875, "arch": "mgn", "note": "x" * 300,
             "seen": p.Call(p.Global("__builtin__ set"), ([1, 2],)),
             "args": p.Call(p.Global("copy_reg _reconstructor"),
                            (p.Global("argparse Namespace"), p.Global("__builtin__ object"), None), {"lr": 0.1})}
    storages = {"93824": (12, ramp.tobytes()), "93999": (2, np.array([5, 17], "<i8").tobytes())}
    (OUT / "python2.pth").write_bytes(p.checkpoint(value, storages))
    (OUT / "big-endian.pth").write_bytes(p.checkpoint(value, storages, little_endian=False))
    (OUT / "big-endian-old.pth").write_bytes(p.checkpoint(value, storages, little_endian=False, counts=">q"))
    for name in ("python2.pth", "big-endian.pth"):
        read = torch.load(OUT / name)["state_dict"]
        assert read["module.conv.view"].tolist() == [[5.0, 7.0], [6.0, 8.0]], read
        assert read["module.conv.weight"].tolist() == ramp.reshape(3, 4).tolist(), read
        assert read["module.bn.count"].tolist() == [17], read


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
    modules()
    legacy()
    python2()
    names()
    checksums()
