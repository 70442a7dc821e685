#!/usr/bin/env python3
"""Writes the NumPy files that NpyFileTest reads: python3 npy_fixtures.py mgn-core/src/test/resources/npy"""
import pathlib
import sys

import numpy as np

out = pathlib.Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)

# Row i, column j holds i + j / 8: exact in every type.
values = np.arange(5)[:, None] + np.arange(3)[None, :] / 8


def save(name, array, version=(1, 0)):
    with open(out / name, "wb") as file:
        np.lib.format.write_array(file, array, version=version)


save("f4.npy", values.astype("<f4"))
save("f4_big_endian.npy", values.astype(">f4"))
save("f4_fortran.npy", np.asfortranarray(values.astype("<f4")))
save("f4_v2.npy", values.astype("<f4"), (2, 0))
save("f4_v3.npy", values.astype("<f4"), (3, 0))
save("f8.npy", values.astype("<f8"))
save("f8_fortran.npy", np.asfortranarray(values.astype("<f8")))
save("no_rows.npy", np.zeros((0, 3), "<f4"))
save("i4.npy", values.astype("<i4"))
save("f2.npy", values.astype("<f2"))
save("one_axis.npy", values[0].astype("<f4"))
save("three_axes.npy", values[None].astype("<f4"))
save("structured.npy", np.zeros((2, 2), [("a", "<f4"), ("b", "<f4")]))
save("nan.npy", np.where(values == 3.125, np.nan, values).astype("<f4"))
save("inf_fortran.npy", np.asfortranarray(np.where(values == 4.0, -np.inf, values).astype("<f4")))
save("too_large.npy", np.where(values == 2.25, 1e39, values).astype("<f8"))
