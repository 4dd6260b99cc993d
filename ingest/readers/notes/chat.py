"""Conversations copied or exported from LINE, Slack, Teams and Zoom, as who said what."""

from __future__ import annotations

import re
from collections.abc import Iterator

_CLOCK = r"(?:午前|午後)?\s*\d{1,2}:\d{2}(?::\d{2})?\s*(?:[AP]M)?"
_DATE = r"(?:昨日|今日|\d{4}[/.-]\d{1,2}[/.-]\d{1,2}|\d{4}年\d{1,2}月\d{1,2}日|\d{1,2}/\d{1,2}|\d{1,2}月\d{1,2}日)(?:\s*[（(][月火水木金土日][)）])?"
_HEADS = (
    re.compile(rf"^(?P<when>{_CLOCK})\t(?P<who>[^\t]{{1,30}})\t(?P<said>.*)$"),  # LINE
    re.compile(rf"^\[(?:{_DATE}\s*)?{_CLOCK}\]\s*(?P<who>[^:：\n]{{1,30}}?)(?:\s*[:：]\s*(?P<said>.*))?$"),  # Teams
    re.compile(rf"^(?P<who>\S[^\[\]:：\n]{{0,29}}?)[ \t]+\[?(?:{_DATE}\s*)?{_CLOCK}\]?\s*$"),  # Slack
    re.compile(rf"^{_CLOCK}\s+(?:From|開始)\s+(?P<who>[^:：\n]{{1,40}}?)(?:\s+(?:to|に)\s+[^:：\n]{{1,30}})?\s*[:：]\s*(?P<said>.*)$", re.IGNORECASE),  # Zoom
)  # fmt: skip
_DAY = re.compile(rf"^[-—\s]*{_DATE}[-—\s]*$|^保存日時[:：].*$")
_SYSTEM = re.compile(
    r"^(?:\[(?:スタンプ|写真|動画|ファイル|アルバム|ノート|ボイスメッセージ|連絡先)\]|.{1,40}(?:が(?:グループ|チャンネル|会議|チャット)?に?(?:参加|退出|退会|招待)しま?した?。?"
    r"|が?(?:メッセージの送信を取り消し|を招待し|を追加し)ました。?)|メッセージの送信を取り消しました|\(?編集済み\)?|既読.{0,6}|\d+\s*件の返信|:[a-z0-9_+-]+:\s*\d*|☎.{0,20}|通話時間[\s:：]*[\d:：分秒時間]+)$"
)
_FEWEST = 3
"""Messages that make a text a conversation."""
_SHARE = 0.25
"""Share of the lines that must begin a message."""


def messages(text: str) -> list[str] | None:
    """The title (where the export has one) and the messages of a conversation, each as 「who：said」,
    without times and what the program says itself; None for any other text."""
    lines = [line.rstrip() for line in text.split("\n")]
    told = [line for line in lines if line.strip()]
    heads = [head for line in told if (head := _head(line))]
    is_line = text.startswith("[LINE]")
    if (len(heads) < _FEWEST and not is_line) or len(heads) < _SHARE * len(told):
        return None
    if len({head["who"] for head in heads}) == len(heads) and not any(map(_is_exported, told)):
        return None  # an itinerary: nobody speaks twice
    return list(_told(lines))


def _told(lines: list[str]) -> Iterator[str]:
    who, said = "", list[str]()
    for line in [*lines, None]:
        head = _head(line) if line is not None else None
        if line is None or head:
            yield from _message(who, said)
            who, said = (
                ("", [])
                if head is None
                else (head["who"].strip(), [head.groupdict().get("said") or ""])
            )
        elif not _DAY.match(line) and not _SYSTEM.match(line.strip()):
            said.append(line)


def _message(who: str, said: list[str]) -> Iterator[str]:
    text = "\n".join(
        line.strip() for line in said if line.strip() and not _SYSTEM.match(line.strip())
    ).strip('"')
    if text:
        yield f"{who}：{text}" if who else re.sub(r"^\[LINE\]\s*", "", text)


def _is_exported(line: str) -> bool:
    """True for a line as LINE and Zoom alone write it."""
    return bool(_HEADS[0].match(line) or _HEADS[3].match(line))


def _head(line: str) -> re.Match[str] | None:
    return next((found for pattern in _HEADS if (found := pattern.match(line))), None)
