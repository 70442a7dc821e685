"""Colour changes by torchvision on Pillow images, for mgn-data's tests.

    python3 tools/reference/make_colour_fixtures.py

Writes mgn-data/src/test/resources/io/github/mgn4j/data/colours.json: a small image, and for each change its name, its
factor and the bytes that torchvision makes of the image; and the CRC-32 of all 2^24 colours, and of every 11th, with the
hue turned.
"""

import base64
import json
import pathlib
import zlib

import numpy
import PIL
import torchvision
from PIL import Image
from torchvision.transforms import functional

HERE = pathlib.Path(__file__).resolve().parents[2]
OUT = HERE / "mgn-data/src/test/resources/io/github/mgn4j/data/colours.json"
FACTORS = {
    "brightness": [0, 0.3, 0.85, 0.999, 1, 1.1, 1.15, 1.7, 3],
    "contrast": [0, 0.3, 0.85, 0.999, 1, 1.1, 1.15, 1.7, 3],
    "saturation": [0, 0.3, 0.9, 0.999, 1, 1.05, 1.1, 1.7, 3],
    "hue": [-0.5, -0.1, -0.05, -0.003, 0, 0.003, 0.05, 0.1, 0.37, 0.5],
}


def encoded(image):
    return base64.b64encode(numpy.asarray(image).tobytes()).decode()


def turned(stride, turns):
    values = numpy.arange(0, 1 << 24, stride, dtype=numpy.uint32)
    rgb = numpy.stack([values >> 16 & 255, values >> 8 & 255, values & 255], -1).astype(numpy.uint8)
    colours = Image.fromarray(rgb.reshape(1, -1, 3))
    return zlib.crc32(numpy.asarray(functional.adjust_hue(colours, turns)).tobytes())


def main():
    random = numpy.random.RandomState(4)
    noise = random.randint(0, 256, (12, 10, 3), dtype=numpy.uint8)
    ramp = numpy.linspace(0, 255, 12 * 6 * 3).reshape(12, 6, 3).astype(numpy.uint8)
    flat = numpy.repeat(numpy.array([[[200, 60, 40]], [[10, 10, 10]], [[255, 255, 255]]], numpy.uint8), 4, 0)
    pixels = numpy.concatenate([noise, ramp, flat], 1)
    image = Image.fromarray(pixels)
    changes = []
    for name, factors in FACTORS.items():
        for factor in factors:
            changed = getattr(functional, "adjust_" + name)(image, factor)
            changes.append({"change": name, "factor": factor, "rgb": encoded(changed)})
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(
        json.dumps(
            {
                "made_by": f"torchvision {torchvision.__version__}, Pillow {PIL.__version__}",
                "rgb": encoded(image),
                "changes": changes,
                "hue_of_colours": [
                    {"stride": stride, "turns": turns, "crc32": turned(stride, turns)}
                    for stride in (11, 1)
                    for turns in (0, 0.1)
                ],
            },
            indent=1,
        )
        + "\n"
    )


if __name__ == "__main__":
    main()
