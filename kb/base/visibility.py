"""Who may see a document, as people wrote it. What looks like a restriction and is not understood is
庁内, and said so: a slip of the pen must not make anything public."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping

from kb.base.messages import Message, message
from kb.base.record import KEYS
from kb.base.types import OFFICE, PREFECTURE, PUBLIC

KEY = "visibility"

_ORDER = (PUBLIC, PREFECTURE, OFFICE)  # who is in a group is fewer than any of these
_KNOWN = {"公開": PUBLIC, "public": PUBLIC, "県内": PREFECTURE, "庁内": OFFICE}
_NEAR = 0.75  # likeness of a misspelt key
_OF_KEYS = re.compile(
    "(?:公開|閲覧|開示|共有)の?(?:範囲|区分|対象|レベル|設定|可否|制限|先)|取り?扱|部外秘|庁内|機密|秘密|社外秘|アクセス(?:権|制限|範囲|区分)"
    "|visib|confiden|access|sensitiv"
)
_OF_VALUES = re.compile("公開|県内|庁内|部外|秘|限り|限定|取扱|public|intern|confid|restrict")
_STRONG = re.compile(
    "(?:庁内|部内|課内|職員|内部|関係者)(?:限り|限定|のみ)|部外秘|社外秘|取り?扱い?注意|極?秘|機密|confidential|restricted|internal|private"
)
"""Values that restrict under whatever key."""
_BRACKETS = " 　「」『』【】〔〕［］（）[]()<>〈〉《》\"'"


def visibility(values: Mapping[str, object]) -> tuple[str, tuple[Message, ...]]:
    """The label that front matter and sidecar give (公開 when they say nothing of it), and a warning
    for each entry that was not understood. A group's name is its label."""
    label, doubts = PUBLIC, []
    for key, value in values.items():
        if key == KEY:
            found = _meant(value)
            label = found or OFFICE
            if found is None:
                doubts.append(_doubt(key, value))
        elif key not in (*KEYS, "default_title") and (_looks_restricting(key) or _restricts(value)):
            doubts.append(_doubt(key, value))
    return OFFICE if doubts else label, tuple(doubts)


def is_stricter(label: str, other: str) -> bool:
    """True when fewer may see what has ``label`` than what has ``other``; of two groups neither."""
    ranks = [_ORDER.index(one) if one in _ORDER else len(_ORDER) for one in (label, other)]
    return ranks[0] > ranks[1]


def _meant(value: object) -> str | None:
    """The label that a value is, None for one that is not understood."""
    if not isinstance(value, str):
        return None
    text = unicodedata.normalize("NFKC", value).strip(_BRACKETS).strip()
    known = _KNOWN.get(text.lower())
    if known or not text:
        return known
    return None if _OF_VALUES.search(text.lower()) else text


def _looks_restricting(key: str) -> bool:
    text = "".join(unicodedata.normalize("NFKC", key).lower().strip(_BRACKETS).split())
    near = difflib.SequenceMatcher(None, text, KEY).ratio() >= _NEAR
    return near or bool(_OF_KEYS.search(text))


def _restricts(value: object) -> bool:
    text = unicodedata.normalize("NFKC", value).strip(_BRACKETS) if isinstance(value, str) else ""
    return bool(_STRONG.fullmatch(text.lower()))


def _doubt(key: str, value: object) -> Message:
    line = getattr(value, "line", 0)
    return (
        message("warn.visibility_doubt", key=key, line=line)
        if line
        else message("warn.visibility_doubt.no_line", key=key)
    )
