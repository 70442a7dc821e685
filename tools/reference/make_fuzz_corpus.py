#!/usr/bin/env python3
"""Makes the checkpoints among the fuzzer's seeds, whole tiny models, of the safetensors that io.github.mgn4j.fuzz.Seeds wrote.

    /usr/bin/python3 tools/reference/make_fuzz_corpus.py mgn-fuzz/corpus       (made with torch 1.13)
"""
import collections
import json
import os
import pathlib
import re
import shutil
import struct
import sys
import zipfile

import torch

CORPUS = sys.argv[1]


def safetensors(path):
    with open(path, "rb") as f:
        data = f.read()
    end = 8 + struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:end])
    header.pop("__metadata__")
    tensors = collections.OrderedDict()
    for name, t in header.items():
        a, b = t["data_offsets"]
        tensors[name] = torch.frombuffer(bytearray(data[end + a:end + b]), dtype=torch.float32).reshape(t["shape"])
    return tensors


def public(name, features):
    """The name in MGN-pytorch's state dicts."""
    for ours, theirs in (("trunk.conv1.", "backone.0."), ("trunk.bn1.", "backone.1."), ("trunk.layer1.", "backone.4."),
                         ("trunk.layer2.", "backone.5."), ("trunk.layer3.0.", "backone.6.")):
        if name.startswith(ours):
            return theirs + name[len(ours):]
    m = re.match(r"branches\.(\d)\.layer3\.(\d)\.(.*)", name)
    if m:
        return f"p{int(m[1]) + 1}.0.{int(m[2]) - 1}.{m[3]}"
    m = re.match(r"branches\.(\d)\.layer4\.(.*)", name)
    if m:
        return f"p{int(m[1]) + 1}.1.{m[2]}"
    kind, feature, rest = name.split(".", 2)
    if kind == "reductions":
        return f"reduction_{features.index(feature)}.{rest}"
    if feature.startswith("g"):
        return f"fc_id_2048_{int(feature[1]) - 1}.{rest}"
    return f"fc_id_256_{int(feature[1]) - 1}_{feature[3]}.{rest}"


def write_safetensors(path, tensors):
    header, at = {}, 0
    for name, t in tensors.items():
        header[name] = {"dtype": "F32", "shape": list(t.shape), "data_offsets": [at, at + 4 * t.numel()]}
        at += 4 * t.numel()
    text = json.dumps(header, separators=(",", ":")).encode()
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(t.numpy().tobytes() for t in tensors.values()))


tiny = safetensors(os.path.join(CORPUS, "safetensors", "tiny.safetensors"))
features = list(dict.fromkeys(n.split(".")[1] for n in tiny if n.startswith("reductions.")))
state = collections.OrderedDict((public(n, features), t) for n, t in tiny.items())
for folder in ("pth", "pickle"):
    os.makedirs(os.path.join(CORPUS, folder), exist_ok=True)
write_safetensors(os.path.join(CORPUS, "safetensors", "mgn-pytorch.safetensors"), state)
half = collections.OrderedDict((n, t.half()) for n, t in state.items())
views = {"state_dict": {"module.a": torch.arange(12.).reshape(3, 4).t(), "b": torch.ones(3, dtype=torch.int64)}, "epoch": 3}
for name, what in (("tiny", state), ("wrapped-half", {"epoch": 1, "state_dict": half}), ("views", views)):
    file = os.path.join(CORPUS, "pth", name)
    torch.save(what, file + ".pth")
    torch.save(what, file + "-legacy.pth", _use_new_zipfile_serialization=False)
    if name == "views":
        with zipfile.ZipFile(file + ".pth") as z:
            pickle = next(n for n in z.namelist() if n.endswith("/data.pkl"))
            with open(os.path.join(CORPUS, "pickle", name + ".pkl"), "wb") as f:
                f.write(z.read(pickle))
small = collections.OrderedDict((n, t) for n, t in list(state.items())[:4])
torch.save({"state_dict": small, "args": [1, 2.5, None, True, ("x", b"y")]}, "/tmp/small.pth")
with zipfile.ZipFile("/tmp/small.pth") as z, open(os.path.join(CORPUS, "pickle", "small.pkl"), "wb") as f:
    f.write(z.read(next(n for n in z.namelist() if n.endswith("/data.pkl"))))
os.remove("/tmp/small.pth")

# Whole modules, and a file of Python 2, from the tests' fixtures.
FIXTURES = pathlib.Path(__file__).parents[2] / "mgn-core/src/test/resources/weights"
for name in ("module-whole.pth", "module-whole-legacy.pth", "python2.pth", "legacy-views.pth", "legacy-beside.pth"):
    shutil.copyfile(FIXTURES / name, os.path.join(CORPUS, "pth", name))
with zipfile.ZipFile(FIXTURES / "module-whole.pth") as z, open(os.path.join(CORPUS, "pickle", "module.pkl"), "wb") as f:
    f.write(z.read(next(n for n in z.namelist() if n.endswith("/data.pkl"))))
