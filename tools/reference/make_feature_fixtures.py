"""Writes features of formula weights and images, for the comparison with the Java engines.

    /usr/bin/python3 tools/reference/make_feature_fixtures.py

Each NAME-POOL.f32 in mgn-fixtures/src/main/resources/reference/ is [8, dims] float32, little-endian, C order: computed in
float64 and rounded once. features.json says the network, and how far PyTorch's own float32 run is from it. The first
images of a batch are those of a smaller one, so that the first rows are a smaller batch's features (checked here).
"""

import json
import pathlib

import numpy as np
import torch

import formula
import mgn_torch

BATCH = 8
OUT = pathlib.Path(__file__).parents[2] / "mgn-fixtures/src/main/resources/reference"
NETWORKS = {
    "full": dict(depth=50, width=1.0, input=(384, 128), embedding=256),
    "tiny": dict(depth=50, width=1 / 16, input=(96, 32), embedding=16),
    "tiny18": dict(depth=18, width=1 / 8, input=(96, 48), embedding=16),
}


def run(model, images):
    with torch.no_grad():
        return model(torch.from_numpy(images).to(next(model.parameters()).dtype)).numpy()


def relative(a, b):
    """Largest difference over the largest value."""
    return float(np.abs(a.astype(np.float64) - b).max() / np.abs(b).max())


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    report = []
    for name, network in NETWORKS.items():
        for pool in ("max", "avg"):
            model = mgn_torch.fill(
                mgn_torch.Mgn(network["depth"], network["width"], network["embedding"], 2, pool))
            images = formula.images(BATCH, *network["input"])
            single = run(model, images)
            exact = run(model.double(), images)
            for smaller in (1, 3):
                assert relative(run(model, images[:smaller]), exact[:smaller]) < 1e-12
            assert np.isfinite(exact).all() and 0.3 < (exact > 0).mean() < 0.98, (exact > 0).mean()
            spread = np.abs(exact[0] - exact[1]).max() / np.abs(exact).max()
            assert spread > 0.05, spread
            file = f"{name}-{pool}.f32"
            exact.astype("<f4").tofile(OUT / file)
            report.append(dict(
                file=file, depth=network["depth"], width=network["width"], height=network["input"][0],
                image_width=network["input"][1], embedding=network["embedding"], classes=2, pooling=pool,
                batch=BATCH, dims=exact.shape[1], largest=float(np.abs(exact).max()),
                float32_distance=relative(single, exact)))
            print(report[-1], "positive", (exact > 0).mean(), "spread", spread)
    (OUT / "features.json").write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
