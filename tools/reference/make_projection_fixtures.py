"""Makes the fixtures of FeatureProjectionTest: principal components by NumPy's eigh, in float64.

    python3 tools/reference/make_projection_fixtures.py
"""

import os

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "..", "..", "mgn-gallery", "src", "test", "resources", "io", "github", "mgn4j", "gallery", "pca")
DIMS = 5

os.makedirs(OUT, exist_ok=True)
rng = np.random.default_rng(1)
sample = (rng.normal(size=(150, 12)) * np.linspace(4, 0.5, 12) @ np.linalg.qr(rng.normal(size=(12, 12)))[0] + 3).astype(np.float32)
mean = sample.astype(np.float64).mean(0)
values, vectors = np.linalg.eigh(np.cov(sample.astype(np.float64), rowvar=False))
order = np.argsort(-values)[:DIMS]
components = vectors[:, order].T
components *= np.sign(components[np.arange(DIMS), np.abs(components).argmax(1)])[:, None]
plain = (sample - mean) @ components.T
np.save(os.path.join(OUT, "sample.npy"), sample)
np.save(os.path.join(OUT, "plain.npy"), plain.astype(np.float32))
np.save(os.path.join(OUT, "whitened.npy"), (plain / np.sqrt(values[order])).astype(np.float32))
np.save(os.path.join(OUT, "explained.npy"), np.array([[values[order].sum() / values.sum()]], np.float32))
