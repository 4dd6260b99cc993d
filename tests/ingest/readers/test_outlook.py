"""Mail saved from Outlook: its subject, day, text and what is attached, in every way that it is written."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from ingest.page import Extract
from ingest.readers import read
from kb.base.errors import ReadError
from kb.base.messages import render
from tests.support.compound import Tree, compound
from tests.support.words import p, word

HEADS = {"message": bytes(32), "within": bytes(24)}
SENT = (133_600_000_000_000_000).to_bytes(8, "little")  # 2024-05-12
BODY = "宍粟市では窓口の書類を減らしました。"


def wide(text: str) -> bytes:
    return text.encode("utf-16-le")


def message(parts: Tree, head: str = "message") -> Tree:
    sent = struct.pack("<I", 0x00390040) + bytes(4) + SENT
    return {"__properties_version1.0": HEADS[head] + sent, **parts}


def msg(parts: Tree) -> Extract:
    return read(Path("a.msg"), compound(message(parts)))


def attached(name: str, content: bytes) -> Tree:
    return {"__substg1.0_3707001F": wide(name), "__substg1.0_37010102": content, "__properties_version1.0": bytes(8)}  # fmt: skip


def text_of(found: Extract) -> str:
    return "\n".join(page.text for page in found.pages)


@pytest.mark.parametrize(
    "parts",
    [
        {"__substg1.0_0037001F": wide("窓口の見直し"), "__substg1.0_1000001F": wide(BODY)},
        {"__substg1.0_0037001E": "窓口の見直し".encode("cp932"), "__substg1.0_1000001E": BODY.encode("cp932")},
        {
            "__substg1.0_0037001F": wide("窓口の見直し"),
            "__substg1.0_10130102": f"<html><body><p>{BODY}</p></body></html>".encode(),
        },
    ],
    ids=["unicode", "shift_jis", "html"],
)  # fmt: skip
def test_a_saved_mail_is_its_subject_its_day_and_its_text(parts: Tree) -> None:
    found = msg(parts)
    assert found.reader == "mail"
    assert found.front_matter["title"] == "窓口の見直し"
    assert found.front_matter["created"] == "2024-05-12"
    assert text_of(found).strip() == BODY


def test_what_is_attached_is_read() -> None:
    inner = message({"__substg1.0_0037001F": wide("元のメール"), "__substg1.0_1000001F": wide("多可町の返事です。")}, "within")  # fmt: skip
    found = msg(
        {
            "__substg1.0_1000001F": wide(BODY),
            "__attach_version1.0_#00000000": attached("方針.docx", word(p("推進方針の本文"))),
            "__attach_version1.0_#00000001": {"__properties_version1.0": bytes(8), "__substg1.0_3701000D": inner},
            "__attach_version1.0_#00000002": attached("図.vsdx", b"PK\x03\x04"),
        }
    )  # fmt: skip
    texts = [text_of(one) for one in found.attached]
    assert "推進方針の本文" in texts[0]
    assert "多可町の返事です。" in texts[1]
    assert "方針.docx" in text_of(found)
    assert any("図.vsdx" in render(told) for told in found.warnings)


def test_a_damaged_one_says_so() -> None:
    whole = compound(message({"__substg1.0_1000001F": wide(BODY)}))
    with pytest.raises(ReadError) as refused:
        read(Path("a.msg"), whole[:1024] + bytes(512) + whole[1536:3000])
    assert refused.value.code == "damaged"
