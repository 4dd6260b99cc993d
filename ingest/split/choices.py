"""Choices on forms: of what is offered only what is ticked is said.

「☑導入済　□検討中」, lists with ○ and ✗, 「1. はい　2. いいえ　回答：2」. The same signs also mark plain
lists (「○予約を始めた」, 「■概要」 over 「□…」); what is no choice stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.split.stages import is_stage

_TICKS = "○◯〇⭕●◎☑☒✓✔✅■◼⦿🔘レㇾ"
_CROSSES = "✗✘×✕☓❌"
_BOXES = "□☐⬜◻▢"
_SURE = "✗✘❌☐⬜▢"  # never the sign of a plain list
_MARK = re.compile(
    rf"(?P<tick>[{_TICKS}]|\[[xXｘレ✓○]\]|[（(][○◯〇✓レ●][)）])|(?P<open>[{_BOXES}{_CROSSES}]|\[[ 　]?\]|[（(][ 　]*[)）])"
)
_BULLET = re.compile(r"[ \t　]*(?:[・‧•*+-]|[（(]?[0-9０-９ア-オa-e][.．)）]|[①-⑨])?[ \t　]*")
_BOXED = re.compile(
    rf"(?P<tick>[☑☒✓✔✅■◼]|\[[xXｘレ✓○]\]|[（(][○◯〇✓レ●][)）]|(?<![ァ-ヶー])レ(?=[ 　]))|(?P<open>[{_BOXES}]|\[[ 　]?\]|[（(][ 　]*[)）])"
)
_ASKS = re.compile(
    r"選択|選んで|該当|あてはま|当てはま|チェック|[○〇◯レ]を|複数回答|複数可|いずれか|お答え|ご?回答|選択肢|択一|[?？]\s*$|ですか"
)
_SEPARATED = re.compile(r"[ 　]*[・／/|｜][ 　]*|[ 　]{2,}|　")
_YES_NO = re.compile(
    r"有り?|無し?|あり|なし|はい|いいえ|する|しない|可|不可|済み?|未|yes|no|その他|不明",
    re.IGNORECASE,
)
_ENCLOSED = {"㊒": "○有", "㊡": "○休", "㊜": "○適", "㊝": "○優"}
_NUMBERED = re.compile(
    r"(?:^|(?<=[ 　:：、,／/]))(?P<mark>[○◯〇☑✓])?(?P<n>[1-9１-９]|[①-⑨❶-❾]|[ア-オ])(?P<sign>[.．、)）:：]|[ 　])?[ 　]*(?P<said>[^ 　\d０-９①-⑨][^\n]*?)"
    r"(?=[ 　、,／/]+(?:[○◯〇☑✓])?(?:[1-9１-９①-⑨❶-❾]|[ア-オ][.．)）])|[ 　]*(?:[（(【\[]?(?:回答|答)|→|⇒)|$)"
)
_ANSWER = re.compile(
    r"(?:(?:ご?回答(?:欄|番号)?|答え?|選択(?:番号)?|→|⇒)[ 　]*[:：]?[ 　]*[（(【\[]?[ 　]*)(?P<n>[1-9１-９①-⑨ア-オ])[ 　]*[)）】\]]?[ 　]*$"
)
_ALONE = re.compile(r"[（(【\[]?[ 　]*(?P<n>[1-9１-９①-⑨ア-オ])[ 　]*[)）】\]]?")
_OPTION = 120
"""Characters of the longest option in a list, each on its line."""
_SHORT = 14
"""Characters of the longest option among others on a line without boxes."""


@dataclass(frozen=True, slots=True)
class Option:
    """A line of a list: its ``text`` without the sign, whether it has a ``mark``, and is ``ticked``."""

    line: str
    text: str
    mark: str
    ticked: bool


def is_mark(cell: str) -> bool:
    """True for a cell that holds nothing but the sign of a choice."""
    return bool(_MARK.fullmatch(cell.strip())) or cell.strip() in ("-", "－", "―", "ー", "△")


def is_ticked(cell: str) -> bool:
    """True for a cell that holds the sign of what was chosen."""
    found = _MARK.fullmatch(cell.strip())
    return bool(found and found["tick"])


def asks(text: str) -> bool:
    """True for words that ask the reader to choose: 「該当するものに○」."""
    return bool(_ASKS.search(text))


def chosen(text: str, asked: bool = False) -> str:
    """``text`` without the choices that it offers and does not tick; ``asked``: its heading or label
    asks to choose."""
    if not text or len(text) > 20_000:
        return text
    before = with_answers(text.split("\n"))
    kept = [one_line(line, asked) for line in before]
    lines = [line for line, was in zip(kept, before, strict=True) if line or not was.strip()]
    return "\n".join(of_list(lines, asked))


def with_answers(lines: Sequence[str]) -> list[str]:
    """``lines`` with the number of an answer (「回答：2」) in the line of the options above it."""
    out: list[str] = []
    for line in lines:
        if out and _ANSWER.fullmatch(line.strip()) and len(_NUMBERED.findall(out[-1])) >= 2:
            out[-1] += f"　{line.strip()}"
        else:
            out.append(line)
    return out


def of_list(lines: Sequence[str], asked: bool) -> list[str]:
    """``lines`` without the options that are not ticked, in each run of options."""
    out: list[str] = []
    run: list[Option] = []
    for line in [*lines, None]:
        found = _option(line) if line is not None else None
        if found:
            run.append(found)
            continue
        answer = (
            _ANSWER.match(line.strip()) or (asked and _ALONE.fullmatch(line.strip()))
            if line
            else None
        )
        out += _of_run(run, asked or bool(out and asks(out[-1])), answer["n"] if answer else "")
        run = []
        if line is not None:
            out.append(line)
    return out


def offers(lines: Sequence[str]) -> bool:
    """True for a run of lines that are all options of one choice."""
    found = [_option(line) for line in lines]
    return (
        len(found) >= 2
        and all(found)
        and any(o and (o.mark or o.line.strip()[:1] in "・-") for o in found)
    )


def one_line(line: str, asked: bool) -> str:
    """One line without the choices that it offers and does not tick; "" when nothing is left."""
    for sign, said in _ENCLOSED.items():
        line = line.replace(sign, said)
    if len(_BOXED.findall(line)) >= 2:
        return _boxes(line)
    numbered = _numbers(line, asked)
    return _words(line, asked) if numbered is None else numbered


def _boxes(line: str) -> str:
    marks = list(_BOXED.finditer(line))
    if not any(mark["open"] for mark in marks):
        return line
    ends = [mark.start() for mark in marks[1:]] + [len(line)]
    ticked = [
        line[mark.end() : end].strip(" 　、,・／/")
        for mark, end in zip(marks, ends, strict=True)
        if mark["tick"]
    ]
    before = line[: marks[0].start()].rstrip()
    told = "、".join(filter(None, ticked))
    return f"{before}{' ' if before and before[-1] not in ':：' else ''}{told}" if told else ""


def _numbers(line: str, asked: bool) -> str | None:
    """「1. はい 2. いいえ 回答：2」 as its answer; None for a line that is no such choice."""
    answer = _ANSWER.search(line)
    found = list(_NUMBERED.finditer(line[: answer.start()].rstrip("（(【[ 　") if answer else line))
    numbers = [_digit(match["n"]) for match in found]
    if len(found) < 2 or numbers != list(range(1, len(found) + 1)):
        return None
    if any(len(match["said"]) > 30 or "。" in match["said"] for match in found):
        return None
    circled = [match for match in found if match["mark"] or match["n"] in "①②③④⑤⑥⑦⑧⑨❶❷❸❹❺❻❼❽❾"]
    if 0 < len(circled) < len(found):
        picked = [match["said"].strip() for match in circled]
    elif answer:
        picked = [m["said"].strip() for m in found if _digit(m["n"]) == _digit(answer["n"])]
    elif asked or all(_plain(match["said"]) for match in found):
        picked = []
    else:
        return None
    before = line[: found[0].start()].strip()
    return (
        f"{before} {'、'.join(picked)}".strip() if picked else "" if asked or not before else before
    )


def _words(line: str, asked: bool) -> str:
    """「有・○無」 as 無, and nothing for the stages that a form offers and leaves open."""
    label, sign, said = line.rpartition("：") if "：" in line else ("", "", line)
    parts = [part.strip() for part in _SEPARATED.split(said.strip()) if part.strip()]
    if not 2 <= len(parts) <= 8 or any(len(part) > _SHORT or "。" in part for part in parts):
        return line
    ticked = [part for part in parts if part[0] in "○◯〇⭕●" or part.endswith("\u20dd")]
    bare = [part.strip("○◯〇⭕●\u20dd ") for part in parts]
    if not (asked or sum(map(_plain, bare)) >= max(2, len(bare) - 1)):
        return line
    if not ticked:
        return line if not all(map(_plain, bare)) else ""
    if len(ticked) == len(parts):
        return line
    return label + sign + "、".join(part.strip("○◯〇⭕●\u20dd ") for part in ticked)


def _plain(said: str) -> bool:
    """True for an answer that forms offer: a stage, or yes and no."""
    text = said.strip(" 　。")
    return is_stage(text) or bool(_YES_NO.fullmatch(text))


def _digit(sign: str) -> int:
    for signs in ("123456789", "１２３４５６７８９", "①②③④⑤⑥⑦⑧⑨", "❶❷❸❹❺❻❼❽❾", "アイウエオ"):
        if sign in signs:
            return signs.index(sign) + 1
    return 0


def _option(line: str) -> Option | None:
    """A line of a list that may be a choice, None for any other."""
    if not line.strip() or len(line) > _OPTION:
        return None
    start = _BULLET.match(line)
    begin = start.end() if start else 0
    mark = _MARK.match(line, begin)
    if mark is None and not line[:begin].strip():
        return None
    begin = mark.end() if mark else begin
    return Option(
        line, line[begin:].strip(), mark.group() if mark else "", bool(mark and mark["tick"])
    )


def _of_run(run: Sequence[Option], asked: bool, answer: str) -> list[str]:
    """The lines of a list that stand when it is a choice: the ticked ones; else all of them."""
    lines = [option.line for option in run]
    marks = {option.mark for option in run}
    if not run:
        return []
    if answer and not any(marks) and len(run) >= _digit(answer):
        return [run[_digit(answer) - 1].text]
    ticked = [option for option in run if option.ticked]
    if not ticked:
        sure = all(option.mark and option.mark in _SURE for option in run)
        all_open = all(option.mark for option in run)
        return [] if sure or (asked and (all_open or _offered(run))) else lines
    if len(ticked) == len(run):
        solid = [option for option in run if option.mark in "●⦿☑"]
        return [o.line for o in solid] if asked and 0 < len(solid) < len(run) else lines
    open_marks = {option.mark for option in run if not option.ticked}
    nested = {option.mark for option in ticked} == {"■"} and open_marks == {"□"}
    if nested and not (asked or sum(_plain(o.text) for o in run) >= 2):
        return lines
    bare = "" in open_marks and not (
        asked or marks & set(_CROSSES) or all(len(o.text) <= 40 for o in run)
    )
    return lines if bare else [option.line for option in ticked]


def _offered(run: Sequence[Option]) -> bool:
    """True for numbered answers without any sign: 「1. はい」 over 「2. いいえ」."""
    return len(run) >= 2 and all(_plain(option.text) for option in run)
