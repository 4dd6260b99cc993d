"""A compound file ([MS-CFB] version 3) of storages and streams, written by hand: what Outlook saves."""

from __future__ import annotations

import struct
from itertools import pairwise

SECTOR = 512
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_NONE = 0xFFFFFFFF

Tree = dict[str, "bytes | Tree"]


def compound(tree: Tree) -> bytes:
    """The file: a storage for each dictionary, a stream for each value. Streams are padded to the 4,096
    bytes from which they lie in sectors of their own, with zeros, so give texts that bear them."""
    entries: list[list[object]] = []  # name, kind, first child, next sibling, start, size
    sectors: list[bytes] = []
    chains: list[int] = []

    def stored(data: bytes) -> int:
        start = len(sectors)
        count = -(-len(data) // SECTOR)
        sectors.extend(
            data[i * SECTOR : (i + 1) * SECTOR].ljust(SECTOR, b"\0") for i in range(count)
        )
        chains.extend([*range(start + 1, start + count), END])
        return start

    def added(name: str, kind: int, content: bytes | Tree) -> int:
        place = len(entries)
        entries.append([name, kind, _NONE, _NONE, 0, 0])
        if isinstance(content, bytes):
            data = content.ljust(4096, b"\0") if content else b""
            entries[place][4:] = [stored(data) if data else END, len(data)]
            return place
        # each sibling hangs to the right of the one before: shorter names first, then by letters
        names = sorted(content, key=lambda n: (len(n), n.upper()))
        children = [added(n, 1 if isinstance(content[n], dict) else 2, content[n]) for n in names]
        for one, following in pairwise(children):
            entries[one][3] = following
        entries[place][2] = children[0] if children else _NONE
        return place

    added("Root Entry", 5, tree)
    entries[0][4] = END
    directory = b"".join(map(_entry, entries))
    start = stored(directory)
    count = len(sectors)
    fats = 1
    while fats * 128 < count + fats:
        fats += 1
    table = [*chains, *[FAT] * fats]
    table += [FREE] * (fats * 128 - len(table))
    packed = struct.pack(f"<{len(table)}I", *table)
    head = struct.pack(
        "<8s16sHHHHH6xIIIIIIIII",
        bytes.fromhex("d0cf11e0a1b11ae1"), bytes(16), 0x3E, 3, 0xFFFE, 9, 6,
        0, fats, start, 0, 4096, END, 0, END, 0,
    )  # fmt: skip
    places = [*range(count, count + fats), *[FREE] * (109 - fats)]
    return head + struct.pack("<109I", *places) + b"".join(sectors) + packed


def _entry(entry: list[object]) -> bytes:
    name, kind, child, sibling, start, size = entry
    spelled = str(name).encode("utf-16-le")
    return struct.pack(
        "<64sHBBIII16sIQQIQ",
        spelled, len(spelled) + 2, kind, 1, _NONE, sibling, child, bytes(16), 0, 0, 0, start, size,
    )  # fmt: skip
