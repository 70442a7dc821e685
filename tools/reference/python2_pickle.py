"""Writes checkpoints byte by byte as PyTorch under Python 2 wrote them: pickle protocol 2, byte strings, longs, and an
OrderedDict as a call with a list of pairs. Python 2 itself is not needed."""

import struct

MAGIC = 0x1950A86A20F9469CFC6C
VERSION = 1001


class Global(str):
    """Module and name, with a space between."""


class Long(int):
    """A number of Python 2's type long, however small."""


class Call:
    """An object that the pickle makes by a call, with an optional state."""

    def __init__(self, function, arguments, state=None):
        self.function, self.arguments, self.state = function, arguments, state


class Persistent(tuple):
    """The persistent id of a storage."""


def opcodes(value):
    if value is None:
        return b"N"
    if value is True or value is False:
        return b"\x88" if value else b"\x89"
    if isinstance(value, Global):
        return b"c" + value.replace(" ", "\n").encode() + b"\n"
    if isinstance(value, Long):
        data = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
        return b"\x8a" + bytes([len(data)]) + data
    if isinstance(value, int):
        if 0 <= value < 256:
            return b"K" + bytes([value])
        if 0 <= value < 65536:
            return b"M" + struct.pack("<H", value)
        return opcodes(Long(value))
    if isinstance(value, float):
        return b"G" + struct.pack(">d", value)
    if isinstance(value, str):  # SHORT_BINSTRING or BINSTRING: Python 2's str
        data = value.encode()
        return (b"U" + bytes([len(data)]) if len(data) < 256 else b"T" + struct.pack("<i", len(data))) + data
    if isinstance(value, Persistent):
        return opcodes(tuple(value)) + b"Q"
    if isinstance(value, tuple):
        return b"(" + b"".join(map(opcodes, value)) + b"t"
    if isinstance(value, list):
        return b"](" + b"".join(map(opcodes, value)) + b"e"
    if isinstance(value, dict):
        return b"}(" + b"".join(opcodes(k) + opcodes(v) for k, v in value.items()) + b"u"
    code = opcodes(value.function) + opcodes(value.arguments) + b"R"
    return code if value.state is None else code + opcodes(value.state) + b"b"


def dump(value):
    return b"\x80\x02" + opcodes(value) + b"."


def ordered_dict(items):
    return Call(Global("collections OrderedDict"), ([list(item) for item in items],))


def storage(kind, key, count, view=None):
    return Persistent(("storage", Global("torch " + kind), key, "cpu", count, view))


def tensor(of, offset, size, stride):
    """A tensor as PyTorch before 0.4 pickles it."""
    return Call(Global("torch._utils _rebuild_tensor"), (of, offset, size, stride))


def checkpoint(value, storages, little_endian=True, counts="<q"):
    """A file of an object and of raw bytes by storage key, with the number of values."""
    machine = {"type_sizes": {"int": 4, "short": 2, "long": 8}, "protocol_version": VERSION, "little_endian": little_endian}
    data = b"".join(dump(part) for part in (MAGIC, VERSION, machine, value, sorted(storages)))
    for key in sorted(storages):
        count, raw = storages[key]
        data += struct.pack(counts, count) + raw
    return data
