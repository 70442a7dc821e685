"""Weights and images by one formula, the same float32 bits here and in Java (ReferenceWeights in mgn-fixtures).

The value at flat index i of the tensor called `name` is low + (high - low) * u, computed in float64 and rounded once to
float32. u is the top 24 bits of splitmix64(fnv1a64(name) + (i + 1) * 0x9E3779B97F4A7C15), divided by 2^24.
"""

import numpy as np

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MASK = (1 << 64) - 1


def fnv1a64(name):
    h = 0xCBF29CE484222325
    for byte in name.encode("utf-8"):
        h = ((h ^ byte) * 0x100000001B3) & MASK
    return h


def uniform(name, index):
    """float64 in [0, 1) for an array of indices."""
    with np.errstate(over="ignore"):
        z = np.uint64(fnv1a64(name)) + (index.astype(np.uint64) + np.uint64(1)) * GOLDEN
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(40)).astype(np.float64) * 2.0**-24


def bounds(name, shape, bottleneck):
    """Range of a parameter by its name in a model file and its shape."""
    if name.endswith("running_mean"):
        return -0.1, 0.1
    if name.endswith("running_var"):
        return 0.75, 1.25
    if name.endswith("bias"):
        return -0.1, 0.1
    if len(shape) == 4:
        bound = np.sqrt(6.0 / (shape[1] * shape[2] * shape[3]))
        return -bound, bound
    if len(shape) == 2:
        bound = np.sqrt(3.0 / shape[1])
        return -bound, bound
    # The last norm of a block is small, so that sixteen sums in a row do not grow without end.
    last = ".bn3." if bottleneck else ".bn2."
    return (0.2, 0.4) if last in name and ".layer" in name else (0.75, 1.25)


def tensor(name, shape, bottleneck):
    low, high = bounds(name, shape, bottleneck)
    u = uniform(name, np.arange(int(np.prod(shape))))
    return (low + (high - low) * u).astype(np.float32).reshape(shape)


def images(count, height, width):
    """[count, 3, height, width]: patches of 16x16 in [-1.5, 1.5) plus noise in [-0.5, 0.5); already normalised."""
    n, c, y, x = np.indices((count, 3, height, width))
    rows, columns = (height + 15) // 16, (width + 15) // 16
    patch = uniform("image.patch", ((n * 3 + c) * rows + y // 16) * columns + x // 16)
    noise = uniform("image.noise", ((n * 3 + c) * height + y) * width + x)
    return ((patch * 3.0 - 1.5) + (noise - 0.5)).astype(np.float32)
