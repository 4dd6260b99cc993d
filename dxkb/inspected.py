"""What ``dxkb extract`` shows: pages, cases, sections and facts, each with the words that say so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dxkb.lang import Lang
from dxkb.printing import shortened
from kb.base.record import ABOUT, GIVEN, NO_WORDS
from kb.base.types import READABLE

_GUESSED = re.compile(r"(?P<words>.*)（確からしさ (?P<share>[\d.]+)）", re.DOTALL)


def extract_text(seen: Mapping[str, Any], say: Lang) -> str:
    """What was read from one file: in short, page by page, and split into cases."""
    pages, cases = seen["pages"], seen["cases"]
    characters = sum(len(page["text"]) for page in pages)
    count = say("cli.extract.pages", n=len(pages))
    if all(page["page"] is None for page in pages):
        count = say("cli.extract.no_pages")
    name = say(f"name.format.{seen['reader']}")
    lines = [
        seen["path"],
        say("cli.extract.summary", name=name, pages=count, characters=characters, cases=len(cases)),
        *(f"  ⚠ {warning}" for warning in seen["warnings"]),
        say("cli.extract.quality", least=READABLE),
    ]
    for i, page in enumerate(pages, start=1):
        lines += [_page_head(page, i, len(pages), say), page["text"]]
    lines.append(say("cli.extract.cases", n=len(cases)))
    for case in cases:
        first, last = case["pages"] or (None, None)
        span = "" if first is None else f"  p.{first}" + (f"–{last}" if last != first else "")
        place = f"  {case['municipality']}" if case["municipality"] else ""
        lines.append(f"・{case['title']}{place}{span}")
        lines += [_section_line(section, say) for section in case["sections"]]
        lines += [_fact_line(fact, say) for fact in case["facts"]]
    for name in ("choices", "struck", "left_out"):
        if seen[name]:
            lines.append(say(f"cli.extract.{name}", n=len(seen[name])))
        for row in seen[name]:
            answer = f" → {row['answer'] or '—'}" if name == "choices" else ""
            lines.append(f"    {_at(row)}{shortened(row['text'], 60)}{answer}")
    return "\n".join(lines)


def _page_head(page: Mapping[str, Any], place: int, count: int, say: Lang) -> str:
    number = say("cli.extract.text")
    if count > 1:
        number = say("cli.extract.part", place=place, count=count)
    if page["page"]:
        number = say("cli.extract.page", page=page["page"])
    quality = say("cli.extract.page_quality", quality=page["quality"])
    if page["ocr"]:
        quality += say("cli.extract.ocr")
    elif page["quality"] < READABLE:
        quality += say("cli.extract.unreadable")
    return f"--- {number}  {quality}  {say('cli.extract.characters', n=len(page['text']))}"


def _fact_line(fact: Mapping[str, Any], say: Lang) -> str:
    """A fact with what it amounts to and the words that say so."""
    code = ABOUT[fact["name"]].code if fact["name"] in ABOUT else ""
    name = say(code) if code else fact["name"]
    unit = fact["unit"] + (f"/{fact['period']}" if fact["period"] else "")
    was, much = (
        "" if fact[key] is None else f"{fact[key]:,.4f}".rstrip("0").rstrip(".")
        for key in ("before", "amount")
    )
    much = f" = {was + ' → ' if was else ''}{much}{unit}" if much else ""
    value = fact["value"]
    if fact["name"] in ("field", "status"):
        value = say.name(fact["name"], value)
    return f"    ✓ {name}: {value}{much}  {_at(fact)}{_source(fact['text'], say)}"


def _source(text: str, say: Lang) -> str:
    """The words that say so, or in the reader's language what stands in place of any."""
    if text == GIVEN:
        return say("cli.extract.given")
    guess = _GUESSED.fullmatch(text)
    if not guess:
        return f"「{shortened(text, 60)}」"
    words = f"「{guess['words']}」" if guess["words"] != NO_WORDS else say("cli.extract.no_words")
    return say("cli.extract.guessed", words=words, share=guess["share"])


def _at(row: Mapping[str, Any]) -> str:
    return f"p.{row['page']} " if row["page"] else ""


def _section_line(section: Mapping[str, Any], say: Lang) -> str:
    heading = section["heading"] if section["heading"] != section["role"] else ""
    page = f"p.{section['page']} " if section["page"] else ""
    text = shortened(section["text"], 60)
    return (
        f"    {page}[{say.name('role', section['role'])}] {heading}{': ' if heading else ''}{text}"
    )
