#!/usr/bin/env python3
"""Pillow's half of mgn-bench/compare-images.sh: images per second of one thread from files to network input.

    bench_images.py make SOURCE TARGET      64x128 crops from SOURCE, and enlarged ones, as JPEGs in folders of TARGET
    bench_images.py run FOLDER SECONDS      one line of JSON, as io.github.mgn4j.bench.ImageThroughput prints
    bench_images.py summary FILE            a table of all such lines: medians, and the ratio of each round

Time is the process's processor time, as in the twin.
"""
import json
import os
import statistics
import sys
import time

import numpy as np
from PIL import Image

SIZES = {(64, 128): 200, (128, 256): 100, (400, 1000): 20, (1920, 1080): 5}
MEAN = np.array([0.485, 0.456, 0.406], np.float32) * 255
SCALE = 1 / (np.array([0.229, 0.224, 0.225], np.float32) * 255)


def files(folder):
    return sorted(os.path.join(at, name) for at, _, names in os.walk(folder) for name in names if name.endswith(".jpg"))


def make(source, target):
    # What enlarging leaves smooth gets a camera's grain, or large files would hold next to nothing to decode.
    rng = np.random.RandomState(1)
    sources = files(source)
    for (width, height), count in SIZES.items():
        folder = os.path.join(target, f"{width}x{height}")
        os.makedirs(folder, exist_ok=True)
        for i in range(count):
            image = Image.open(sources[i % len(sources)]).convert("RGB").resize((width, height), Image.Resampling.BICUBIC)
            grain = rng.normal(0, 4, (height, width, 1))
            pixels = np.clip(np.asarray(image) + grain, 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(os.path.join(folder, f"{i:04d}.jpg"), quality=90)


def prepare(file, normalise):
    image = Image.open(file).convert("RGB").resize((128, 384), Image.Resampling.BILINEAR)
    if normalise:
        floats = np.asarray(image).astype(np.float32)
        floats -= MEAN
        floats *= SCALE
        np.ascontiguousarray(floats.transpose(2, 0, 1))


def images_per_second(names, seconds, normalise):
    start = time.process_time()
    images = 0
    while True:
        for name in names:
            prepare(name, normalise)
        images += len(names)
        spent = time.process_time() - start
        if spent >= seconds:
            return images / spent


def run(folder, seconds):
    names = files(folder)
    images_per_second(names, min(1, seconds), True)
    resized = images_per_second(names, seconds / 2, False)
    normalised = images_per_second(names, seconds / 2, True)
    print(json.dumps({"who": "pillow", "folder": os.path.basename(folder), "resized": round(resized, 1),
                      "normalised": round(normalised, 1)}))


def summary(file):
    rows = [json.loads(line) for line in open(file) if line.startswith("{")]
    print("| images | until | mgn4j images/s | Pillow images/s | ratio (least to most) |\n|---|---|---|---|---|")
    for folder in dict.fromkeys(row["folder"] for row in rows):
        for until in ("resized", "normalised"):
            ours, pillow = ([row[until] for row in rows if row["folder"] == folder and row["who"] == who]
                            for who in ("mgn4j", "pillow"))
            ratios = [a / b for a, b in zip(ours, pillow)]
            print(f"| {folder} | {until} | {statistics.median(ours):.0f} | {statistics.median(pillow):.0f} "
                  f"| {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}) |")


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    if command == "run":
        run(arguments[0], float(arguments[1]))
    else:
        {"make": make, "summary": summary}[command](*arguments)
