#!/usr/bin/env python3
"""Makes the image fixtures of mgn-core with Pillow and PyTorch (made with Pillow 9.4, libjpeg-turbo 2.1.5, torch 1.13).

    /usr/bin/python3 tools/reference/make_image_fixtures.py mgn-core/src/test/resources/image

resize.tsv      checksums of Pillow's resized images; the inputs come from a formula (see pattern())
decode/*        small files of every kind; decode.tsv: size and checksum of the RGB pixels that Pillow makes of them
normalised.bin  ToTensor and Normalize of every byte in every channel, float32, little endian, [3, 256]
"""
import io
import os
import struct
import sys
import zlib

import numpy as np
import torch
from PIL import Image, ImageOps

OUT = sys.argv[1]
DECODE = os.path.join(OUT, "decode")
os.makedirs(DECODE, exist_ok=True)
rng = np.random.RandomState(7)


def pattern(kind, width, height):
    y, x, c = np.meshgrid(np.arange(height, dtype=np.uint64), np.arange(width, dtype=np.uint64),
                          np.arange(3, dtype=np.uint64), indexing="ij")
    if kind == "smooth":
        return ((x * 5 + y * 3 + c * 40) & 255).astype(np.uint8)
    m = np.uint64(0xFFFFFFFF)
    h = ((x * 0x9E3779B1) & m) ^ ((y * 0x85EBCA77) & m) ^ ((c * 0xC2B2AE3D) & m)
    h ^= h >> np.uint64(15)
    h = (h * 0x2C1B3C6D) & m
    h ^= h >> np.uint64(12)
    return ((h & 255) if kind == "noise" else (h & 1) * 255).astype(np.uint8)


def resize_fixtures():
    sizes = [(64, 128, 128, 384), (128, 384, 128, 384), (128, 64, 128, 384), (60, 384, 128, 384), (77, 201, 128, 384),
             (640, 480, 128, 384), (33, 500, 128, 384), (128, 384, 64, 192), (1, 1, 5, 7), (1, 9, 4, 1), (9, 1, 1, 4),
             (2, 2, 1, 1), (2, 3, 3, 2), (300, 200, 1, 1), (300, 1, 7, 3), (1, 700, 3, 9), (5, 5, 5, 6), (5, 5, 6, 5),
             (1000, 20, 3, 200), (20, 1000, 200, 3), (17, 31, 16, 30), (17, 31, 18, 32), (255, 257, 101, 103),
             (3, 4, 300, 200), (640, 640, 32, 32), (101, 67, 50, 134)]
    with open(os.path.join(OUT, "resize.tsv"), "w") as f:
        f.write("pattern\tin_width\tin_height\tout_width\tout_height\tresampling\tcrc32\n")
        for kind in ("noise", "extremes", "smooth"):
            for iw, ih, ow, oh in sizes:
                image = Image.fromarray(pattern(kind, iw, ih))
                for name in ("BILINEAR", "BICUBIC"):
                    out = image.resize((ow, oh), getattr(Image.Resampling, name))
                    f.write(f"{kind}\t{iw}\t{ih}\t{ow}\t{oh}\t{name}\t{zlib.crc32(out.tobytes()):08x}\n")


def normalised_fixture():
    v = torch.arange(256, dtype=torch.uint8).repeat(3, 1).reshape(3, 1, 256)
    t = v.to(torch.float32).div(255)  # as torchvision's to_tensor
    mean = torch.as_tensor([0.485, 0.456, 0.406], dtype=t.dtype).view(-1, 1, 1)
    std = torch.as_tensor([0.229, 0.224, 0.225], dtype=t.dtype).view(-1, 1, 1)
    t.sub_(mean).div_(std)  # as torchvision's normalize
    t.numpy().astype("<f4").tofile(os.path.join(OUT, "normalised.bin"))


rows = []


def put(name, data, expected=None):
    with open(os.path.join(DECODE, name), "wb") as f:
        f.write(data)
    if expected is None:
        image = Image.open(io.BytesIO(data))
        expected = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
    h, w = expected.shape[:2]
    rows.append(f"{name}\t{w}\t{h}\t{zlib.crc32(expected.tobytes()):08x}\n")


def photo(w, h):
    """Edges, gradients, saturated colours and a little noise: what a JPEG coder meets."""
    y, x = np.mgrid[0:h, 0:w]
    a = np.stack([128 + 120 * np.sin(x / 5.0 + y / 11.0), 255 * ((x // 6 + y // 5) % 2), 255.0 * x / max(1, w - 1)], -1)
    a += rng.randint(-20, 20, a.shape)
    return Image.fromarray(np.clip(a, 0, 255).astype(np.uint8))


def jpeg(image, **options):
    out = io.BytesIO()
    image.save(out, "JPEG", **options)
    return out.getvalue()


def segment(marker, payload):
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(payload) + 2) + payload


def without_jfif(data):
    assert data[2:4] == b"\xff\xe0"
    return data[:2] + data[4 + struct.unpack(">H", data[4:6])[0]:]


def sof(data):
    return min(i for i in (data.find(b"\xff\xc0\x00"), data.find(b"\xff\xc2\x00")) if i > 0)


def exif(orientation, order="<", wide=False):
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    value = struct.pack(order + "I", orientation) if wide else struct.pack(order + "HH", orientation, 0)
    entries = struct.pack(order + "HHII", 0x0100, 4, 1, 5)
    entries += struct.pack(order + "HHI", 0x0112, 4 if wide else 3, 1) + value
    return head + struct.pack(order + "H", 2) + entries + struct.pack(order + "I", 0)


def jpeg_fixtures():
    for i, (w, h) in enumerate([(37, 23), (16, 16), (1, 1), (2, 3), (17, 33), (64, 128), (5, 40)]):
        for name, subsampling in (("444", 0), ("422", 1), ("420", 2)):
            for progressive in (False, True):
                data = jpeg(photo(w, h), subsampling=subsampling, quality=(90, 75, 30)[i % 3], progressive=progressive)
                put(f"{name}-{w}x{h}-{'progressive' if progressive else 'baseline'}.jpg", data)
    for progressive in (False, True):
        kind = "progressive" if progressive else "baseline"
        put(f"gray-{kind}.jpg", jpeg(photo(29, 18).convert("L"), progressive=progressive))
        put(f"cmyk-{kind}.jpg", jpeg(photo(29, 18).convert("CMYK"), progressive=progressive))
    put("optimised.jpg", jpeg(photo(40, 40), optimize=True, quality=100, subsampling=0))
    put("quality1.jpg", jpeg(photo(40, 40), quality=1))

    cmyk = bytearray(jpeg(photo(29, 18).convert("CMYK")))
    cmyk[cmyk.find(b"Adobe") + 11] = 2
    put("ycck.jpg", bytes(cmyk))
    plain = jpeg(photo(24, 20), subsampling=0)
    bare = without_jfif(plain)
    put("no-markers.jpg", bare)
    adobe = b"Adobe\0\x64\0\0\0\0"
    put("adobe-rgb.jpg", bare[:2] + segment(0xEE, adobe + b"\0") + bare[2:])
    put("adobe-ycc.jpg", bare[:2] + segment(0xEE, adobe + b"\1") + bare[2:])
    put("jfif-wins-over-adobe.jpg", plain[:2] + plain[2:20] + segment(0xEE, adobe + b"\0") + plain[20:])
    named = bytearray(bare)
    at = sof(bytes(named))
    for i, c in enumerate(b"RGB"):
        named[at + 10 + 3 * i] = c
    scan = bytes(named).find(b"\xff\xda")
    for i, c in enumerate(b"RGB"):
        named[scan + 5 + 2 * i] = c
    put("rgb-by-name.jpg", bytes(named))
    # A square picture has as many blocks with either sampling, so that swapping the factors gives a valid file.
    for n in (1, 2, 3, 37, 48):
        tall = bytearray(jpeg(photo(n, n), subsampling=1))
        at = sof(bytes(tall))
        assert tall[at + 11] == 0x21
        tall[at + 11] = 0x12
        put(f"440-{n}x{n}.jpg", bytes(tall))

    picture = photo(21, 13)
    for o in range(0, 10):
        put(f"exif-{o}.jpg", jpeg(picture, exif=b"Exif\0\0" + exif(o, "<>"[o % 2])))
    put("exif-long.jpg", jpeg(picture, exif=b"Exif\0\0" + exif(6, wide=True)))
    put("icc.jpg", jpeg(picture, icc_profile=bytes(range(200)) * 3))
    put("comment-and-tail.jpg", plain[:2] + segment(0xFE, b"taken by a camera") + plain[2:] + b"more behind the end")
    put("padding-before-marker.jpg", plain[:20] + b"\xff\xff\xff" + plain[20:])
    put("extraneous-bytes.jpg", plain[:-2] + b"\x12\x34\x56" + plain[-2:])
    put("jpeg-named.png", plain)


ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def filtered(kind, row, above, step):
    left = [0] * step + list(row[:-step]) if len(row) > step else [0] * len(row)
    corner = [0] * step + list(above[:-step]) if len(row) > step else [0] * len(row)
    out = []
    for v, a, b, c in zip(row, left, above, corner):
        p = a + b - c
        paeth = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
        out.append((v - [0, a, b, (a + b) // 2, paeth][kind]) & 255)
    return bytes([kind]) + bytes(out)


def chunk(kind, payload):
    return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", zlib.crc32(kind + payload))


def png(samples, depth, colour, interlaced=False, extra=b"", tail=b"", split=1 << 30):
    """samples: [height, width, channels], integers below 2^depth."""
    h, w = samples.shape[:2]
    raw = b""
    n = 0
    for x0, y0, dx, dy in (ADAM7 if interlaced else [(0, 0, 1, 1)]):
        part = samples[y0::dy, x0::dx]
        if part.size == 0:
            continue
        above = None
        for line in part:
            if depth == 16:
                row = line.astype(">u2").tobytes()
            else:
                bits = "".join(format(v, f"0{depth}b") for v in line.reshape(-1))
                bits += "0" * (-len(bits) % 8)
                row = bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))
            above = above or bytes(len(row))
            raw += filtered(n % 5, row, above, max(1, samples.shape[2] * depth // 8))
            above = row
            n += 1
    data = zlib.compress(raw, 9)
    idat = b"".join(chunk(b"IDAT", data[i:i + split]) for i in range(0, len(data), split))
    header = struct.pack(">IIBBBBB", w, h, depth, colour, 0, 0, int(interlaced))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + idat + tail + chunk(b"IEND", b"")


def png_fixtures():
    palette = bytes(rng.randint(0, 256, 3 * 256).tolist())
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
    for colour, depths in {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}.items():
        for depth in depths:
            for interlaced in (False, True):
                samples = rng.randint(0, 1 << depth, (11, 13, channels[colour]))
                extra = chunk(b"PLTE", palette[:3 << depth]) if colour == 3 else b""
                data = png(samples, depth, colour, interlaced, extra)
                expected = None
                if (colour, depth) == (0, 16):  # Pillow clips these to 255; here they are scaled
                    expected = np.repeat((samples >> 8).astype(np.uint8), 3, axis=2)
                put(f"c{colour}-d{depth}{'-interlaced' if interlaced else ''}.png", data, expected)
    rgb = rng.randint(0, 256, (7, 9, 3))
    gray = rng.randint(0, 256, (7, 9, 1))
    put("trns-gray.png", png(gray, 8, 0, extra=chunk(b"tRNS", struct.pack(">H", int(gray[0, 0, 0])))))
    put("trns-rgb.png", png(rgb, 8, 2, extra=chunk(b"tRNS", struct.pack(">HHH", *map(int, rgb[0, 0])))))
    put("trns-palette.png", png(gray, 8, 3, extra=chunk(b"PLTE", palette) + chunk(b"tRNS", bytes(range(0, 200, 2)))))
    put("short-palette.png", png(gray, 8, 3, extra=chunk(b"PLTE", palette[:300])))
    put("gamma-and-profile.png", png(rgb, 8, 2, extra=chunk(b"gAMA", struct.pack(">I", 100000))
                                     + chunk(b"iCCP", b"x\0\0" + zlib.compress(b"no profile"))))
    put("many-idat.png", png(rgb, 8, 2, split=7))
    put("interlaced-1x1.png", png(rgb[:1, :1], 8, 2, True))
    put("interlaced-2x9.png", png(rgb[:, :2], 8, 2, True))
    for o in (3, 6):
        put(f"exif-{o}.png", png(rgb, 8, 2, extra=chunk(b"eXIf", exif(o, ">"))))
    put("exif-behind.png", png(rgb, 8, 2, tail=chunk(b"eXIf", exif(8))))
    put("png-named.jpg", png(rgb, 8, 2))


def png_orientation_fixtures():
    """Orientation in XMP, and in EXIF data as ImageMagick writes them; an EXIF chunk goes before both."""
    rgb = np.random.RandomState(8).randint(0, 256, (7, 9, 3))

    def xmp(o, compressed=False):
        text = f'<x:xmpmeta><rdf:Description tiff:Orientation="{o}"/></x:xmpmeta>'.encode()
        text = zlib.compress(text) if compressed else text
        return chunk(b"iTXt", b"XML:com.adobe.xmp\0" + bytes([compressed, 0]) + b"en\0\0" + text)

    def profile(o, data=None):
        data = exif(o) if data is None else data
        lines = "\n".join(data.hex()[i:i + 72] for i in range(0, 2 * len(data), 72))
        return b"Raw profile type exif\0", f"\nexif\n{len(data):8}\n{lines}\n".encode()

    put("xmp-6.png", png(rgb, 8, 2, extra=xmp(6)))
    put("xmp-3-compressed.png", png(rgb, 8, 2, extra=xmp(3, True)))
    put("xmp-8-behind.png", png(rgb, 8, 2, tail=xmp(8)))
    put("xmp-9.png", png(rgb, 8, 2, extra=xmp(9)))
    put("exif-3-xmp-6.png", png(rgb, 8, 2, extra=xmp(6) + chunk(b"eXIf", exif(3))))
    key, text = profile(6)
    put("profile-6.png", png(rgb, 8, 2, extra=chunk(b"tEXt", key + text)))
    put("profile-6-compressed.png", png(rgb, 8, 2, extra=chunk(b"zTXt", key + b"\0" + zlib.compress(text))))
    key, text = profile(8, b"Exif\0\0" + exif(8))
    put("profile-8-xmp-3.png", png(rgb, 8, 2, extra=xmp(3) + chunk(b"tEXt", key + text)))


def bmp(w, h, bits, pixels, palette=b"", colours=0, compression=0, header=40, masks=b"", top_down=False):
    if header == 12:
        info = struct.pack("<IHHHH", 12, w, h, 1, bits)
    else:
        info = struct.pack("<IiiHHIIiiII", header, w, -h if top_down else h, 1, bits, compression, len(pixels), 2835, 2835,
                           colours, 0)
        info += masks
        info += bytes(max(0, header - len(info)))
    offset = 14 + len(info) + len(palette)
    return b"BM" + struct.pack("<IHHI", offset + len(pixels), 0, 0, offset) + info + palette + pixels


def bmp_fixtures():
    palette = bytes(rng.randint(0, 256, 4 * 256).tolist())
    for bits in (1, 4, 8, 16, 24, 32):
        for top_down in (False, True):
            w, h = 13, 6
            data = bytes(rng.randint(0, 256, (w * bits + 31) // 32 * 4 * h).tolist())
            colours = palette[:4 << bits] if bits <= 8 else b""
            put(f"b{bits}{'-topdown' if top_down else ''}.bmp", bmp(w, h, bits, data, colours, top_down=top_down))
    data = bytes(rng.randint(0, 256, 16 * 6).tolist())
    put("short-palette.bmp", bmp(13, 6, 8, data, palette[:400], colours=100))
    put("gray-palette.bmp", bmp(13, 6, 8, data, b"".join(bytes([i, i, i, 0]) for i in range(256))))
    put("black-and-white.bmp", bmp(100, 6, 1, data, b"\0\0\0\0\xff\xff\xff\0"))
    put("os2.bmp", bmp(5, 8, 24, bytes(range(128)), header=12))
    put("os2-palette.bmp", bmp(13, 6, 8, data, palette[:768], header=12))
    for name, mask, bits in (("565", (0xF800, 0x7E0, 0x1F), 16), ("555", (0x7C00, 0x3E0, 0x1F), 16),
                             ("bgrx", (0xFF0000, 0xFF00, 0xFF), 32), ("xbgr", (0xFF000000, 0xFF0000, 0xFF00), 32)):
        data = bytes(rng.randint(0, 256, (13 * bits + 31) // 32 * 4 * 6).tolist())
        put(f"mask-{name}.bmp", bmp(13, 6, bits, data, compression=3, masks=struct.pack("<III", *mask)))
    data = bytes(rng.randint(0, 256, 13 * 4 * 6).tolist())
    put("rgba-v5.bmp", bmp(13, 6, 32, data, compression=3, header=124,
                           masks=struct.pack("<IIII", 0xFF, 0xFF00, 0xFF0000, 0xFF000000)))
    rle8 = bytes([5, 1, 3, 200, 0, 0,  0, 5, 1, 2, 3, 4, 5, 0, 3, 9, 0, 0,  8, 7, 0, 0,  2, 3, 0, 0,
                  0, 4, 9, 8, 7, 6, 4, 77, 0, 1])
    put("rle8.bmp", bmp(8, 5, 8, rle8, palette, compression=1))
    # Pillow 9.4 reads the two bytes of a jump twice, and refuses pictures that end before their last row.
    jump = bytes([2, 5, 0, 2, 3, 1, 2, 6, 0, 0,  4, 7, 0, 1])
    indices = np.zeros((5, 8), int)
    indices[4, :2], indices[3, 5:7], indices[2, :4] = 5, 6, 7
    colours = np.frombuffer(palette, np.uint8).reshape(-1, 4)[:, 2::-1]
    put("rle8-jump.bmp", bmp(8, 5, 8, jump, palette, compression=1), np.ascontiguousarray(colours[indices]))
    rle4 = bytes([5, 0x12, 3, 0x3F, 0, 0,  0, 4, 0x12, 0x34, 4, 0x56, 0, 0,  8, 0x70, 0, 1])
    put("rle4.bmp", bmp(8, 3, 4, rle4, palette[:64], compression=2))


resize_fixtures()
normalised_fixture()
jpeg_fixtures()
png_fixtures()
bmp_fixtures()
png_orientation_fixtures()
with open(os.path.join(OUT, "decode.tsv"), "w") as f:
    f.write("file\twidth\theight\tcrc32\n")
    f.writelines(rows)
