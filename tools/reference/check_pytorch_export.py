"""Checks files of 'mgn export --pytorch' in PyTorch, and prints their SHA-256.

    mgn import --from mgn-pytorch.pth --out model.safetensors      (gunzip mgn-pytorch.pth.gz of the test resources)
    mgn export --model model.safetensors --pytorch out.pth
    /usr/bin/python3 tools/reference/check_pytorch_export.py out.pth [out.safetensors]

The weights must be those of the formula, and load into the module with strict=True.
"""

import hashlib
import sys
import zipfile

import torch

import mgn_torch


def load(path):
    if path.endswith(".safetensors"):
        from safetensors.torch import load_file

        return load_file(path)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None, "a bad checksum"
        assert all(info.compress_type == zipfile.ZIP_STORED for info in archive.infolist())
        with open(path, "rb") as f:
            for info in archive.infolist():
                f.seek(info.header_offset + 26)
                name, extra = (int.from_bytes(f.read(2), "little") for _ in range(2))
                assert (info.header_offset + 30 + name + extra) % 64 == 0, info.filename
    return torch.load(path, weights_only=True)


for path in sys.argv[1:]:
    expected = mgn_torch.fill(mgn_torch.Mgn(18, 1 / 64, 5, 3, classifier="after")).state_dict()
    found = load(path)
    assert path.endswith(".safetensors") or list(found) == list(expected), "other names, or another order"
    for name, value in found.items():
        assert value.dtype == expected[name].dtype, (name, value.dtype)
        assert torch.equal(value, torch.zeros_like(value) if name.endswith("num_batches_tracked") else expected[name]), name
    print(mgn_torch.Mgn(18, 1 / 64, 5, 3, classifier="after").load_state_dict(found, strict=True))
    print(hashlib.sha256(open(path, "rb").read()).hexdigest(), path)
