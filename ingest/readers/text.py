"""Bytes become text: which encoding, decided over the whole file."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from kb.errors import ReadError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ISO_2022 = (b"\x1b$B", b"\x1b$@", b"\x1b(J", b"\x1b$(D")
_BAD_SHARE = 0.05  # of undecodable characters, from which a file is no text
_MOST_PLACES = 5  # of undecodable bytes that are named
_NEVER = re.compile(
    rb"[\xfd-\xff]"
)  # in CP932, which Python takes for private characters all the same
_NEVER_SHOWN = re.compile("[\uf8f1-\uf8f3]")
_CONTROL = {chr(c) for c in range(32)} - set("\t\n\r\f\x1b")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text with ``\\n`` line ends, its encoding, and warnings about bytes that could not be read."""

    text: str
    encoding: str
    warnings: tuple[str, ...] = ()


def decode(content: bytes) -> Decoded:
    """Decodes Japanese text: BOM → ISO-2022-JP by its escapes → UTF-8 → UTF-16 by its zeros → CP932
    or EUC-JP, whichever gives fewer half-width kana, rare kanji and private-use characters.

    Raises ReadError("encoding") when it is no text at all.
    """
    for bom, name in _BOMS:
        if content.startswith(bom):
            return _checked(content[len(bom) :], name, len(bom))
    if any(escape in content for escape in _ISO_2022):
        return _checked(
            content, "iso2022_jp_ext" if _decodes(content, "iso2022_jp_ext") else "iso2022_jp"
        )
    if b"\0" not in content and _decodes(content, "utf-8"):
        return _checked(content, "utf-8")
    wide = [name for name in ("utf-16-le", "utf-16-be") if _decodes(content, name)]
    if b"\0" in content and wide:  # no other encoding of text has zeros
        return _checked(content, min(wide, key=lambda name: _strangeness(content.decode(name))))
    candidates = {name: content.decode(name, "replace") for name in ("cp932", "euc_jp")}
    mostly_utf8 = content.decode("utf-8", "replace")
    best = min(candidates, key=lambda name: _strangeness(candidates[name]))
    if _strangeness(mostly_utf8) < _strangeness(candidates[best]):
        best = "utf-8"
    return _checked(content, best)


def _checked(content: bytes, encoding: str, skipped: int = 0) -> Decoded:
    text = content.decode(encoding, "replace")
    if encoding == "cp932":
        text = _NEVER_SHOWN.sub("\ufffd", text)
    bad = text.count("\ufffd")
    controls = sum(char in _CONTROL for char in text)
    if text and (bad + controls) > _BAD_SHARE * len(text):
        raise ReadError(
            "encoding",
            "文字として読めません（文字コード不明、またはテキストではないファイルです）。"
            "メモ帳などで開き、「UTF-8」で保存し直してください。",
            "This cannot be read as text. Open it in an editor and save it as UTF-8.",
        )
    warnings = (_bad_bytes(content, encoding, skipped),) if bad else ()
    return Decoded(text.replace("\r\n", "\n").replace("\r", "\n"), encoding, warnings)


def _bad_bytes(content: bytes, encoding: str, skipped: int) -> str:
    """Where bytes could not be read: line and byte of the first few; ``skipped`` bytes of a BOM
    stand before them."""
    places: list[str] = []
    start = line = 0
    while start < len(content):
        span = _first_bad(content[start:], encoding)
        if span is None:
            break
        line += content[start : start + span[0]].decode(encoding, "replace").count("\n")
        if len(places) == _MOST_PLACES:
            places.append("ほか")
            break
        places.append(f"{line + 1}行目（{skipped + start + span[0] + 1:,}バイト目）")
        start += span[1]
    where = "・".join(places) + "に" if places else ""
    return f"{where}読めない文字があります（{encoding}として読みました）。"


def _first_bad(content: bytes, encoding: str) -> tuple[int, int] | None:
    """Start and end of the first bytes that are no character, None when all are."""
    spans = []
    try:
        content.decode(encoding)
    except UnicodeDecodeError as error:
        spans.append((error.start, error.end))
    if encoding == "cp932" and (never := _NEVER.search(content)):
        spans.append(never.span())
    return min(spans, default=None)


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _strangeness(text: str) -> float:
    """Share of characters that ordinary Japanese text hardly has."""
    return sum(_is_strange(char) for char in text) / (len(text) or 1)


def _is_strange(char: str) -> bool:
    if char == "\ufffd" or "\uff61" <= char <= "\uff9f" or "\ue000" <= char <= "\uf8ff":
        return True
    if "\u4e00" <= char <= "\u9fff":
        try:
            row = char.encode("euc_jp")[0] - 0xA0
        except UnicodeEncodeError:
            return True
        return row >= 48  # JIS X 0208 level 2 begins at row 48: rare kanji
    return False
