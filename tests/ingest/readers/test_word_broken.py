"""Word files that are damaged, hostile or empty are read or refused in words, within bounds."""

from __future__ import annotations

import io
import random
import re
import tracemalloc
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from kb.base.errors import ReadError
from tests.ingest.readers.test_word import (
    DOWN,
    GOES_ON,
    NUMBERING,
    STYLES,
    THREE,
    extract,
    field,
    numbered,
    styled,
    texts,
)
from tests.support.words import p, tbl, word, zipped


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (word(""), "empty"),
        (word(p("本文"))[:-40], "damaged"),
        (zipped({"[Content_Types].xml": "", "word/x": ""}), "damaged"),
        (word("<w:p>"), "damaged"),
        (zipped({"[Content_Types].xml": "<Types/>", "word/media/image1.png": b"x", "word/document.xml": "<d/>"}), "damaged"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(content: bytes, code: str) -> None:
    with pytest.raises(ReadError) as refused:
        extract(content)
    assert refused.value.code == code
    assert refused.value.message().endswith("。")


def with_member(content: bytes, name: str, inside: bytes) -> bytes:
    """The archive with one more member, or another one in its place."""
    members: dict[str, str | bytes] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members.update({item: archive.read(item) for item in archive.namelist()})
    return zipped(members | {name: inside})


def test_a_document_of_pictures_needs_ocr() -> None:
    with pytest.raises(ReadError) as refused:
        extract(with_member(word("<w:p/>"), "word/media/image1.png", b"x"))
    assert refused.value.code == "ocr"


def test_entities_are_never_expanded_nor_files_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("他人の秘密", encoding="utf-8")
    document = (
        f'<!DOCTYPE d [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
        "<w:p><w:r><w:t>本文&x;</w:t></w:r></w:p></w:body></w:document>"
    )
    try:
        found = extract(with_member(word(""), "word/document.xml", document.encode()))
    except ReadError:
        return
    assert "秘密" not in "".join(page.text for page in found.pages)


@pytest.mark.parametrize("depth", [40, 240, 5_000, 100_000])
def test_deep_nesting_is_read_or_refused(depth: int) -> None:
    try:
        found = texts("<w:tbl><w:tr><w:tc>" * depth + p("底") + "</w:tc></w:tr></w:tbl>" * depth)
    except ReadError as error:
        assert error.code == "damaged"  # noqa: PT017
        assert depth > 40
    else:
        assert found == ["底"]


@pytest.mark.parametrize(
    "inside",
    [b"<x>" + b" " * (200 * 2**20) + b"</x>", b"<x>" + b"<y/>" * 8_000_000 + b"</x>"],
    ids=["spaces", "elements"],
)
def test_a_bomb_is_refused_without_unpacking_it_whole(inside: bytes) -> None:
    content = with_member(word(""), "word/document.xml", inside)
    tracemalloc.start()
    try:
        with pytest.raises(ReadError) as refused:
            extract(content)
        assert tracemalloc.get_traced_memory()[1] < 150 * 2**20
    finally:
        tracemalloc.stop()
    assert refused.value.code == "too_large"


def mutated(content: bytes, chance: random.Random) -> bytes:
    """The file with flipped bits, cut short, or with one of its parts mangled."""
    broken = bytearray(content)
    kind = chance.randrange(4)
    if kind == 0:
        return content[: chance.randrange(len(content))]
    if kind == 1:
        for _ in range(chance.randrange(1, 20)):
            broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
        return bytes(broken)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        name = chance.choice([n for n in archive.namelist() if n.endswith((".xml", ".rels"))])
        inside = archive.read(name).decode()
    if kind == 2:
        tags = list(re.finditer(r"<[^>]+>", inside))
        tag = chance.choice(tags)
        inside = inside[: tag.start()] + inside[tag.end() :]
    else:
        values = list(re.finditer(r'"[^"]*"', inside))
        at = chance.choice(values)
        odd = chance.choice(
            ['""', '"-1"', '"99999999999999"', '"&#x0;"', '"../../../etc/passwd"', '"９"']
        )
        inside = inside[: at.start()] + odd + inside[at.end() :]
    return with_member(content, name, inside.encode())


def test_two_hundred_broken_files_are_read_or_refused_in_words() -> None:
    chance = random.Random(3)
    sound = word(
        styled("章", "1") + numbered("総則", "1") + numbered("丸", "3") + THREE
        + tbl((DOWN + p("初期"), "端末"), (GOES_ON + "<w:p/>", "設定"))
        + f'<w:p>{field("PAGE", "1")}<w:r><w:footnoteReference w:id="2"/><w:sym w:char="F0FE"/></w:r></w:p>',
        styles=STYLES, numbering=NUMBERING, footnotes=f'<w:footnote w:id="2">{p("注")}</w:footnote>',
        header1=p("南国市"), core="<dc:title>題</dc:title>", pages=3,
    )  # fmt: skip
    ends: Counter[str] = Counter()
    for _ in range(200):
        try:
            ends[extract(mutated(sound, chance)).reader] += 1
        except ReadError as error:
            ends[error.code] += 1
            assert error.message().endswith("。")  # noqa: PT017
    assert set(ends) <= {"docx", "damaged", "unsupported", "too_large", "empty", "legacy"}
    assert ends["docx"] >= 40
