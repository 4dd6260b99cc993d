"""Bytes become text: which encoding, decided over the whole file."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kb.base.errors import ReadError
from kb.base.messages import Message, message

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins like the next one
    (codecs.BOM_UTF32_BE, "utf-32-be"),
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
_LABELLED = 0.02  # share of strange characters from which a stated encoding is doubted
_JAPANESE = re.compile("[\u3041-\u30fe]")
_SAME = {
    "Shift_JIS": ("shift-jis", "shift_jis", "sjis", "x-sjis", "ms932", "windows-31j", "cp932", "ms_kanji"),
    "EUC-JP": ("euc-jp", "x-euc-jp", "eucjp", "eucjp-ms"),
    "ISO-2022-JP": ("iso-2022-jp", "iso-2022-jp-ms", "csiso2022jp", "cp50220", "cp50221", "jis"),
    "UTF-8": ("utf8", "utf-8"),
}  # fmt: skip
_PYTHON_NAMES = {
    **dict.fromkeys(_SAME["Shift_JIS"], "cp932"),
    **dict.fromkeys(_SAME["ISO-2022-JP"], "iso2022_jp_ext"),
    **dict.fromkeys(("x-euc-jp", "eucjp-ms"), "euc_jp"),
}
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NAMES = {
    "cp932": "Shift_JIS", "euc_jp": "EUC-JP", "euc_jis_2004": "EUC-JP", "iso2022_jp": "ISO-2022-JP",
    "iso2022_jp_ext": "ISO-2022-JP",
}  # fmt: skip
_ESCAPE = re.compile(rb"\x1b(\$[@B]|\$\([DOQP]|\([BJI])")
_SHIFTED = {
    b"$@": b"",
    b"$B": b"",
    b"$(O": b"",
    b"$(Q": b"",
    b"(I": b"\x8e",
    b"$(D": b"\x8f",
    b"$(P": b"\x8f",
}
"""What stands before each character of a set of ISO-2022-JP in EUC-JP."""

_CONTROL = {chr(c) for c in range(32)} - set("\t\n\r\f\x1b")
_CONTROLS = re.compile(f"[{''.join(map(re.escape, sorted(_CONTROL)))}]")
_DROPPED = dict.fromkeys(map(ord, _CONTROL))


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text with ``\\n`` line ends, its encoding, and warnings about bytes that could not be read."""

    text: str
    encoding: str
    warnings: tuple[Message, ...] = ()


def decode(content: bytes) -> Decoded:
    """Decodes Japanese text: BOM → ISO-2022-JP by its escapes → UTF-8 → UTF-16 by its zeros → CP932
    or EUC-JP, whichever gives fewer half-width kana, rare kanji and private-use characters.

    Raises ReadError("encoding") when it is no text at all.
    """
    content = _without_filling(content)
    for bom, name in _BOMS:
        if content.startswith(bom):
            return _checked(content[len(bom) :], name, len(bom))
    if any(escape in content for escape in _ISO_2022):
        if not _decodes(content, "iso2022_jp_ext"):  # ① and its like, which the standard lacks
            as_euc = _as_euc(content)
            if _decodes(as_euc, "euc_jis_2004"):
                return _checked(as_euc, "euc_jis_2004")
        return _checked(content, "iso2022_jp_ext")
    if b"\0" not in content and _decodes(content, "utf-8"):
        return _checked(content, "utf-8")
    wide = [name for name in ("utf-16-le", "utf-16-be") if _decodes(content, name)]
    if b"\0" in content and wide:  # no other encoding of text has zeros
        return _checked(content, min(wide, key=lambda name: _strangeness(content.decode(name))))
    euc = "euc_jp" if _decodes(content, "euc_jp") else "euc_jis_2004"  # the latter has ①
    candidates = {name: content.decode(name, "replace") for name in ("cp932", euc)}
    mostly_utf8 = content.decode("utf-8", "replace")
    best = min(candidates, key=lambda name: _strangeness(candidates[name]))
    if _strangeness(mostly_utf8) < _strangeness(candidates[best]):
        best = "utf-8"
    return _checked(content, best)


def decode_as(content: bytes, stated: Sequence[str]) -> Decoded:
    """Decodes text by its BOM, by the first of the ``stated`` names of encodings that fits all of it,
    else by what the bytes look like; the last also, with a warning, where what is stated gives no
    Japanese and the bytes do. Raises ReadError("encoding")."""
    if content.startswith(_MARKS):
        return decode(content)
    for name in stated:
        try:
            text = content.decode(_PYTHON_NAMES.get(name.lower(), name))
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
        return mislabelled(content, text, name) or Decoded(text, name)
    found = decode(content)
    told = wrong_label(stated[0], found) if stated and not found.warnings else None
    return replace(found, warnings=(told,)) if told else found


def mislabelled(content: bytes, text: str, label: str) -> Decoded | None:
    """``content`` by what its bytes look like, with a warning, where ``text``, as which ``label`` has
    it read, is stranger; None where the label may be right."""
    strange = _strangeness(text) + _foreign(text)
    if strange < _LABELLED:
        return None
    try:
        found = decode(content)
    except ReadError:
        return None
    if not _JAPANESE.search(found.text) or _strangeness(found.text) >= strange:
        return None
    told = wrong_label(label, found)
    return replace(found, warnings=(*found.warnings, told)) if told else None


def wrong_label(label: str, found: Decoded) -> Message | None:
    """The warning for a file that calls itself ``label`` and was read otherwise, None for one that
    was right."""
    name = _NAMES.get(found.encoding, found.encoding.upper())
    said = label.lower().replace("_", "-")
    if said in (found.encoding.lower(), name.lower().replace("_", "-"), *_SAME.get(name, ())):
        return None
    return message("warn.wrong_label", label=label, encoding=name)


def _foreign(text: str) -> float:
    """Share of characters of western Europe, which a Japanese page hardly has."""
    return sum("\x80" <= char <= "\xff" for char in text) / (len(text) or 1)


def _without_filling(content: bytes) -> bytes:
    """Without the zeros that a disk or an old system leaves at the end; UTF-16 has zeros within, or
    ends in one."""
    text = content.rstrip(b"\0")
    filled = b"\0" not in text and (len(content) - len(text) > 1 or _decodes(text, "utf-8"))
    return text if filled else content


def _checked(content: bytes, encoding: str, skipped: int = 0) -> Decoded:
    text = content.decode(encoding, "replace")
    if encoding == "cp932":
        text = _NEVER_SHOWN.sub("\ufffd", text)
    bad = text.count("\ufffd")
    controls = len(_CONTROLS.findall(text))
    if text and (bad + controls) > _BAD_SHARE * len(text):
        raise ReadError("read.encoding")
    warnings = (_bad_bytes(content, encoding, skipped),) if bad else ()
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    return Decoded(text.translate(_DROPPED) if controls else text, encoding, warnings)


def _as_euc(content: bytes) -> bytes:
    """ISO-2022-JP as EUC-JP: the same characters, told by their highest bits instead of escapes."""
    first, *rest = _ESCAPE.split(content)
    out = [first]
    for escape, piece in zip(rest[::2], rest[1::2], strict=True):
        before = _SHIFTED.get(escape)
        width = 1 if escape == b"(I" else 2
        if before is None:
            out.append(piece)
            continue
        high = bytes(byte | 0x80 if byte > 0x20 else byte for byte in piece)
        out += [before + high[i : i + width] for i in range(0, len(high), width)]
    return b"".join(out)


def _bad_bytes(content: bytes, encoding: str, skipped: int) -> Message:
    """Where bytes could not be read: line and byte of the first few; ``skipped`` bytes of a BOM
    stand before them."""
    places: list[Message] = []
    start = line = 0
    while start < len(content):
        span = _first_bad(content[start:], encoding)
        if span is None:
            break
        line += content[start : start + span[0]].decode(encoding, "replace").count("\n")
        if len(places) == _MOST_PLACES:
            places.append(message("warn.and_more"))
            break
        at = skipped + start + span[0] + 1
        places.append(message("warn.bad_byte", line=line + 1, byte=at))
        start += span[1]
    name = _NAMES.get(encoding, encoding.upper())
    if not places:
        return message("warn.bad_characters", encoding=name)
    return message("warn.bad_bytes", places=places, encoding=name)


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
