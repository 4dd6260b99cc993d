"""Broken files, made from good ones by chance that can be repeated."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

Mutation = Callable[[bytes, random.Random], bytes]
_BOMB = 400 * 2**20  # bytes that a zip bomb unpacks to


def mutants(originals: Mapping[str, bytes], n: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """``n`` pairs of a file name and its content; the same for the same seed."""
    rng = random.Random(seed)
    names = sorted(originals)
    for number in range(n):
        name = names[number % len(names)]
        path = Path(name)
        kinds = _PDF if path.suffix == ".pdf" else _OFFICE
        kind = kinds[(number // len(names)) % len(kinds)]
        yield (
            f"{number:04}-{kind.__name__[1:]}-{path.stem}{path.suffix}",
            kind(originals[name], rng),
        )


def _bits(data: bytes, rng: random.Random) -> bytes:
    """A few bits flipped anywhere."""
    out = bytearray(data)
    for _ in range(rng.randint(1, 40)):
        out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    return bytes(out)


def _cut(data: bytes, rng: random.Random) -> bytes:
    """The end is missing."""
    return data[: rng.randrange(1, len(data))]


def _hole(data: bytes, rng: random.Random) -> bytes:
    """A block of zeros, as a bad disk leaves it."""
    start = rng.randrange(len(data))
    return data[:start] + bytes(min(4096, len(data) - start)) + data[start + 4096 :]


def _doubled(data: bytes, rng: random.Random) -> bytes:
    """A piece stands twice."""
    a = rng.randrange(len(data))
    b = min(len(data), a + rng.randrange(1, 5000))
    return data[:b] + data[a:b] + data[b:]


def _tail(data: bytes, rng: random.Random) -> bytes:
    """Something foreign hangs on behind."""
    return data + rng.randbytes(rng.randrange(1, 3000))


def _swapped(data: bytes, rng: random.Random) -> bytes:
    """Numbers in a PDF's objects are changed: references lead anywhere."""
    out = bytearray(data)
    digits = [i for i in range(len(out)) if 0x30 <= out[i] <= 0x39]
    for i in rng.sample(digits, min(60, len(digits))):
        out[i] = 0x30 + rng.randrange(10)
    return bytes(out)


def _nested(data: bytes, rng: random.Random) -> bytes:
    """Arrays in arrays without end, where the catalogue should be."""
    deep = b"[" * rng.choice([1_000, 100_000]) + b"]" * 10
    return b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/Names " + deep + data[20:]


def _tree(data: bytes, rng: random.Random) -> bytes:
    """A page tree of 100,000 pages, or one that contains itself."""
    kids = rng.choice([b"2 0 R " * 50, b"3 0 R " * 100_000])
    body = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 100000/Kids["
        + kids
        + b"]>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>endobj\n"
    )
    return body + b"trailer<</Root 1 0 R>>\n%%EOF\n"


def _flood(data: bytes, rng: random.Random) -> bytes:
    """A page whose content unpacks to a hundred times its size."""
    drawn = zlib.compress(b"0 0 m 1 1 l S\n" * rng.choice([50_000, 1_000_000]), 9)
    head = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Contents 4 0 R>>endobj\n"
    )
    stream = b"4 0 obj<</Length %d/Filter/FlateDecode>>stream\n" % len(drawn) + drawn
    return head + stream + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def _part(data: bytes, rng: random.Random) -> bytes:
    """Bits flipped inside one part of the package, which is whole again outside."""
    return _repacked(data, rng, lambda part: _bits(part, rng) if part else part)


def _torn(data: bytes, rng: random.Random) -> bytes:
    """One part of the package ends too early."""
    return _repacked(data, rng, lambda part: part[: rng.randrange(len(part) + 1)])


def _deep(data: bytes, rng: random.Random) -> bytes:
    """Elements in elements without end in the main part."""
    depth = rng.choice([2_000, 200_000])
    return _repacked(data, rng, lambda part: _deeper(part, depth), main=True)


def _deeper(part: bytes, depth: int) -> bytes:
    at = part.find(b">", part.find(b"?>") + 2) + 1
    return part[:at] + b"<a>" * depth + b"</a>" * depth + part[at:]


def _entities(data: bytes, rng: random.Random) -> bytes:
    """A billion laughs."""
    lines = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    declared = f'<!DOCTYPE x [<!ENTITY l0 "ha">{lines}]>'.encode()

    def laugh(part: bytes) -> bytes:
        at = part.find(b"?>") + 2
        inside = part.find(b">", at) + 1
        return part[:at] + declared + part[at:inside] + b"&l9;" + part[inside:]

    return _repacked(data, rng, laugh, main=True)


def _bomb(data: bytes, rng: random.Random) -> bytes:
    """A part that unpacks to hundreds of megabytes."""
    fill = bytes(_BOMB // rng.choice([1, 8]))
    return _repacked(data, rng, lambda part: part + fill, main=True)


def _lying(data: bytes, rng: random.Random) -> bytes:
    """The directory of the package tells other sizes than its parts have."""
    out = bytearray(data)
    at = out.find(b"PK\x01\x02")
    while at >= 0:
        if rng.random() < 0.4:
            struct.pack_into("<I", out, at + 24, rng.choice([0, 1, 2**31, 2**32 - 2]))
        at = out.find(b"PK\x01\x02", at + 4)
    return bytes(out)


def _repacked(
    data: bytes, rng: random.Random, change: Callable[[bytes], bytes], *, main: bool = False
) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", 8) as new:
        parts = [n for n in old.namelist() if n.endswith(".xml")]
        wanted = [n for n in parts if n.endswith(("document.xml", "slide1.xml", "sheet1.xml"))]
        chosen = rng.choice(wanted if main and wanted else parts)
        for name in old.namelist():
            part = zipfile.ZipInfo(name)  # dated 1980, so that a seed gives the same bytes any day
            part.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(part, change(old.read(name)) if name == chosen else old.read(name))
    return out.getvalue()


_PDF: tuple[Mutation, ...] = (
    _bits, _cut, _hole, _doubled, _tail, _swapped, _bits, _cut, _swapped, _nested, _tree, _flood,
)  # fmt: skip
_OFFICE: tuple[Mutation, ...] = (
    _bits, _cut, _part, _torn, _part, _lying, _torn, _tail, _part, _deep, _entities, _bomb,
)  # fmt: skip
