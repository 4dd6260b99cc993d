"""Mails in a thread: who writes now, and what was written before; what a mail program writes above and
a signature below."""

from __future__ import annotations

import re
from collections.abc import Sequence

EARLIER = "【元のメール】"
"""The heading set above what is quoted: it is said by others (:mod:`ingest.describe.others`)."""
_ORIGINAL = re.compile(
    r"^[-_－―\s]{2,}(?:original message|元のメッセージ|元のメール)[-_－―\s]{2,}$", re.IGNORECASE
)
_WROTE = re.compile(
    r"^(?:on .{6,120} wrote:|\d{4}[年/-].{4,100}(?:wrote|書きました|のメール)?[:：]|.{1,60}書きました[:：]|.{1,60}wrote:)$",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"^(?P<name>差出人|送信者|送信日時|宛先|件名|cc|from|to|sent|date|subject)\s*[:：]\s*(?P<said>.*)$",
    re.IGNORECASE,
)
_SUBJECTS = frozenset(("件名", "subject"))
_SENDERS = frozenset(("差出人", "送信者", "from"))
_FEWEST = 3
"""Lines of a mail's head, of which one is its subject."""
_SIGNED = 12
"""Lines of the longest signature."""


def told_apart(lines: Sequence[str]) -> list[str]:
    """``lines`` with a heading above the mail that they answer, where it follows in one piece; answers
    between quoted lines stay beside these."""
    said = [at for at, line in enumerate(lines) if line.strip()]
    last_own = next((at for at in reversed(said) if not lines[at].startswith(">")), -1)
    for at, line in enumerate(lines):
        own = bool(said) and said[0] < at
        is_quoted = bool(said) and last_own <= at < said[-1]  # all that is said below
        if own and (_ORIGINAL.match(line) or (is_quoted and _WROTE.match(line.strip()))):
            return [*unsigned(lines[:at]), "", EARLIER, "", *lines[at + 1 :]]
        if own and is_quoted and line.startswith(">"):
            return [*unsigned(lines[:at]), "", EARLIER, "", *lines[at:]]
    return unsigned(lines)


def unsigned(lines: Sequence[str]) -> list[str]:
    """``lines`` without a signature below ``--``, whose blank many a program takes away."""
    for at, line in enumerate(lines):
        if line.rstrip() == "--" and at and len(lines) - at <= _SIGNED + 1:
            return list(lines[:at])
    return list(lines)


def pasted(text: str) -> tuple[str, str]:
    """(subject, the rest) of a mail that was copied with its head into a note; ("", ``text``) for any
    other text. Who sent it stays, since that may tell the town."""
    lines = text.lstrip("\n").split("\n")
    head = []
    for line in lines:
        found = _FIELD.match(line.strip())
        if not found:
            break
        head.append((found["name"].lower(), found["said"].strip(), line))
    subject = next((said for name, said, _ in head if name in _SUBJECTS), "")
    if len(head) < _FEWEST or not subject:
        return "", text
    sent = [line for name, _, line in head if name in _SENDERS]
    return subject, "\n".join([*sent, "", *told_apart(lines[len(head) :])])
