"""Choices on forms: of what is offered only what is ticked is said.

「☑導入済　□検討中」, lists with ○ and ✗, 「1. はい　2. いいえ　回答：2」. The same signs also mark plain
lists (「○予約を始めた」, 「■概要」 over 「□…」, 「1. 目的」): text is an option only where something says
so, a tick among boxes of the same list, words that ask to choose, or answers that forms offer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_TICKS = "○◯〇⭕●◎☑☒✓✔✅■◼⦿🔘"
_CROSSES = "✗✘×✕☓❌"
_BOXES = "□☐⬜◻▢"
_BULLETS = "○◯〇⭕●◎■◼⦿🔘"  # ticks that mark the items of plain lists, too
_MARK = re.compile(
    rf"(?P<tick>[{_TICKS}](?![○◯〇●□])|[レㇾ](?=[ 　]|$)|\[[xXｘレ✓○]\]|[（(][○◯〇✓レ●][)）])"
    rf"|(?P<open>[{_BOXES}{_CROSSES}]|\[[ 　]?\]|[（(][ 　]*[)）])"
)
_REMARK = re.compile(r"^(?P<sign>[^（(]{1,2})[（(][^（）()]*[)）]$")
_BULLET = re.compile(
    r"[ \t　]*(?:[・‧•*+-]|[（(]?[0-9０-９ア-オa-e][.．)）]|[①-⑨]|[1-9１-９](?=[ 　]))?[ \t　]*"
)
_BOXED = re.compile(
    rf"(?P<tick>[☑☒✓✔✅■◼]|\[[xXｘレ✓○]\]|[（(][○◯〇✓レ●][)）]|(?<![ァ-ヶー])レ(?=[ 　]))|(?P<open>[{_BOXES}]|\[[ 　]?\]|[（(][ 　]*[)）])"
)
_ASKS = re.compile(
    r"(?:選択|選ん|選び|チェック|回答|記入|お答え|答え)[^。、]{0,8}(?:くだ|下)さい|(?:該当|(?:あて|当て)はま)(?:する|る)?(?:もの|番号|箇所|項目|欄)"
    r"|[○〇◯レ✓☑][」』]?(?:印)?(?:を|で)[^。]{0,6}(?:付け|つけ|囲|記入|入れ|選|し)|(?:もの|番号|箇所|項目|欄)に[「『]?[○〇◯レ✓☑]"
    r"|複数(?:回答|選択)?可|複数(?:回答|選択)|択一|選択肢から|いずれか(?:一つ|ひとつ|[1１]つ|に[○〇◯])|^\W*(?:ご?回答|選択|チェック|該当)(?:欄)?\W*$"
)
_SEPARATED = re.compile(r"[ 　]*[・／/|｜][ 　]*|[ 　]{2,}|　")
_OFFERED = re.compile(
    r"有り?|無し?|あり|なし|はい|いいえ|する|しない|可|不可|済み?|未|yes|no|その他|不明|(?:特に|予定(?:は)?|計画|該当|実績|検討)(?:なし|あり)"
    r"|未(?:計画|定|実施|導入|着手|検討|実装|対応|公開|整備)|(?:令和|平成|R)?[\d元]{1,4}年度?(?:[上下]期|中|以降|まで)?"
    r"|(?:すでに|既に|今後|現在|一部|全部|試験|本格)?(?:計画|検討|構想|準備|実証(?:実験)?|試行|実験|実施|実装|導入|運用|稼働|公開|開始|着手|対応|整備|完了|中止|終了|廃止)"
    r"(?:を?(?:中|済み?|段階|予定(?:あり|なし)?|前|後)|し(?:てい)?(?:る|ない|た|ません|ます)|して(?:おら|い)ず)?",
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
_ALIKE = 40
"""Characters of the longest option in a list that nobody asks to choose from."""


@dataclass(frozen=True, slots=True)
class Option:
    """A line of a list: its ``text`` without the sign, whether it has a ``mark``, and is ``ticked``;
    the sort of its ``bullet``, its ``number`` and whether it leaves a ``gap`` where a mark would be."""

    line: str
    text: str
    mark: str
    ticked: bool
    bullet: str
    number: int
    gap: bool


def is_mark(cell: str) -> bool:
    """True for a cell that holds nothing but the sign of a choice."""
    return bool(_MARK.fullmatch(cell.strip())) or cell.strip() in ("-", "－", "―", "ー", "△")


def is_ticked(cell: str) -> bool:
    """True for a cell that holds the sign of what was chosen."""
    found = _MARK.fullmatch(cell.strip())
    return bool(found and found["tick"])


def unremarked(cell: str) -> str:
    """A cell such as 「△（検討中）」 without what it remarks on its sign."""
    return _REMARK.sub(r"\g<sign>", cell.strip())


def asks(text: str) -> bool:
    """True for words that ask the reader to choose: 「該当するものに○」."""
    return bool(_ASKS.search(text))


def is_offered(said: str) -> bool:
    """True for an answer that forms offer: a bare stage, a year, yes and no."""
    return bool(_OFFERED.fullmatch(said.strip(" 　。")))


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
        if found and (not run or run[-1].bullet == found.bullet):
            run.append(found)
            continue
        answer = (
            _ANSWER.match(line.strip()) or (asked and _ALONE.fullmatch(line.strip()))
            if line
            else None
        )
        out += _of_run(run, asked or bool(out and asks(out[-1])), answer["n"] if answer else "")
        run = [found] if found else []
        if line is not None and not found:
            out.append(line)
    return out


def offers(lines: Sequence[str]) -> bool:
    """True for a run of lines that are all options of one choice."""
    found = [_option(line) for line in lines]
    return (
        len(found) >= 2
        and all(found)
        and any(o and (o.mark or o.line.strip()[:1] in "・-") for o in found)
        and len({o.bullet for o in found if o}) == 1
    )


def one_line(line: str, asked: bool) -> str:
    """One line without the choices that it offers and does not tick; "" when nothing is left."""
    for sign, said in _ENCLOSED.items():
        line = line.replace(sign, said)
    if len(_BOXED.findall(line)) >= 2:
        return _boxes(line, asked)
    numbered = _numbers(line, asked)
    return _words(line, asked) if numbered is None else numbered


def _boxes(line: str, asked: bool) -> str:
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
    if not told:
        said = [
            line[m.end() : end].strip(" 　、,・／/") for m, end in zip(marks, ends, strict=True)
        ]
        return "" if asked or before or any(map(is_offered, said)) else line
    return f"{before}{' ' if before and before[-1] not in ':：' else ''}{told}"


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
    elif asked or all(is_offered(match["said"]) for match in found):
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
    if not (asked or sum(map(is_offered, bare)) >= max(2, len(bare) - 1)):
        return line
    if not ticked:
        return line if not all(map(is_offered, bare)) else ""
    if len(ticked) == len(parts):
        return line
    return label + sign + "、".join(part.strip("○◯〇⭕●\u20dd ") for part in ticked)


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
    bullet = line[:begin].strip()
    mark = _MARK.match(line, begin)
    if mark is None and not bullet:
        return None
    number = _digit(next((sign for sign in bullet if _digit(sign)), " "))
    gap = mark is None and len(line[:begin]) - len(line[:begin].rstrip()) >= 2
    begin = mark.end() if mark else begin
    return Option(
        line, line[begin:].strip(), mark.group() if mark else "", bool(mark and mark["tick"]),
        "1" if number else bullet, number, gap,
    )  # fmt: skip


def _of_run(run: Sequence[Option], asked: bool, answer: str) -> list[str]:
    """The lines of a list that stand when it is a choice: the ticked ones; else all of them."""
    lines = [option.line for option in run]
    if not run:
        return []
    if answer and not any(option.mark for option in run) and len(run) >= _digit(answer):
        return [run[_digit(answer) - 1].text]
    ticked = [option for option in run if option.ticked] or _circled(run)
    offered = sum(is_offered(option.text) for option in run)
    if not ticked:
        signs = all(option.mark for option in run) and (asked or offered * 2 >= len(run))
        return [] if signs or (asked and len(run) >= 2 and offered == len(run)) else lines
    if len(ticked) == len(run):
        solid = [option for option in run if option.mark in "●⦿☑"]
        return [o.line for o in solid] if asked and 0 < len(solid) < len(run) else lines
    if not (asked or offered * 2 >= max(4, len(run)) or _is_choice(run, ticked)):
        return lines
    return [option.line for option in ticked]


def _circled(run: Sequence[Option]) -> list[Option]:
    """② among 1 and 3: the options whose number is circled."""
    if [option.number for option in run] != list(range(1, len(run) + 1)):
        return []
    found = [option for option in run if re.search("[①-⑨]", option.line[:4])]
    return found if len(found) < len(run) else []


def _is_choice(run: Sequence[Option], ticked: Sequence[Option]) -> bool:
    """True for short options alike, of which some bear a tick and the others visibly none; a sign
    that plain lists have for their items does not do, nor what has faults beside merits (○ and ×)."""
    if any(len(option.text) > _ALIKE or "。" in option.text for option in run):
        return False
    opened = [option for option in run if option not in ticked]
    if not any(option.mark for option in opened):
        return all(option.gap for option in opened) or not any(option.mark for option in ticked)
    return all(o.mark and o.mark not in _CROSSES for o in opened) and not any(
        o.mark in _BULLETS for o in ticked
    )
