"""The catalogues of messages: complete in both languages, used, and filled with what the code gives."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from kb.base.messages import (
    LANGUAGES,
    Message,
    as_json,
    catalogue,
    from_json,
    is_known,
    message,
    render,
)
from kb.base.types import FIELDS, ROLES, STATUSES
from tests.paths import ROOT
from web.uploads import VISIBILITIES

LOCALE = ROOT / "kb" / "base" / "locale"
ROOMS = sorted(path.stem for path in (LOCALE / "ja" / "LC_MESSAGES").glob("*.po"))
PRODUCT = ("dxkb", "ingest", "kb", "web")
IN_TEMPLATE = re.compile(r"""\bt\(\s*(["'])([\w.]+)\1\s*(?:,\s*([^()]*(?:\([^()]*\)[^()]*)*))?\)""")
_VALUES = {"field": FIELDS, "role": ROLES, "status": STATUSES, "visibility": VISIBILITIES}
WORD = re.compile(r"""["']([\w.]+)["']""")


@cache
def sentences(lang: str) -> dict[str, tuple[str, ...]]:
    return {code: forms for room in ROOMS for code, forms in catalogue(room, lang) if code}


def placeholders(form: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(form) if name is not None}


@cache
def modules() -> tuple[tuple[Path, ast.Module], ...]:
    paths = [path for folder in PRODUCT for path in sorted((ROOT / folder).rglob("*.py"))]
    return tuple((path, ast.parse(path.read_text(encoding="utf-8"))) for path in paths)


@cache
def templates() -> tuple[tuple[Path, str], ...]:
    paths = sorted((ROOT / "web" / "templates").rglob("*.html"))
    return tuple((path, path.read_text(encoding="utf-8")) for path in paths)


def calls() -> Iterator[tuple[str, str, set[str] | None]]:
    """(place, code, names of its arguments) of every message that is spelt out; None for ``**``."""
    for path, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and (code := _spelt(node, path)):
                names = {keyword.arg for keyword in node.keywords}
                given = None if None in names else {name for name in names if name}
                yield f"{path.relative_to(ROOT)}:{node.lineno}", code, given
    for path, text in templates():
        for found in IN_TEMPLATE.finditer(text):
            names = set(re.findall(r"(\w+)\s*=(?!=)", found[3] or ""))
            yield str(path.relative_to(ROOT)), f"page.{found[2]}", names


def _spelt(node: ast.Call, path: Path) -> str:
    called = ast.unparse(node.func).rpartition(".")[2]
    if not node.args or not isinstance(node.args[0], ast.Constant):
        return ""
    code = node.args[0].value
    if called == "text" and path.is_relative_to(ROOT / "web"):
        return f"page.{code}"
    if called in ("message", "say") or called.endswith("Error"):
        return code if isinstance(code, str) and re.fullmatch(r"\w+(\.\w+)+", code) else ""
    return ""


@cache
def constants() -> frozenset[str]:
    """Every string of the code and the templates, and the first words of those that are put together."""
    found = {
        node.value
        for _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return frozenset(found | {word for _, text in templates() for word in WORD.findall(text)})


def is_used(code: str) -> bool:
    """True when the code is spelt out, or its beginning is, to which the rest is added."""
    spelt = code.removeprefix("page.")
    starts = {spelt[: i + 1] for i, char in enumerate(spelt) if char == "."}
    return not constants().isdisjoint({code, spelt, *starts})


def test_every_code_has_a_sentence_in_both_languages() -> None:
    ja, en = (sentences(lang) for lang in LANGUAGES)
    assert ja.keys() == en.keys()
    assert all(form.strip() for forms in (*ja.values(), *en.values()) for form in forms)
    assert len(ja) > 500


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_code_is_worded_twice(lang: str) -> None:
    codes = [code for room in ROOMS for code, _ in catalogue(room, lang)]
    assert len(codes) - codes.count("") == len(set(codes) - {""})


def test_every_code_that_is_used_is_in_the_catalogues() -> None:
    missing = [(place, code) for place, code, _ in calls() if not is_known(code)]
    assert not missing
    assert len(list(calls())) > 400


def test_every_code_of_the_catalogues_is_used() -> None:
    values = {f"name.{kind}.{value}" for kind, allowed in _VALUES.items() for value in allowed}
    assert values <= sentences("ja").keys()
    assert not [code for code in sentences("ja") if not is_used(code)]


def test_both_languages_take_the_same_arguments() -> None:
    for code, forms in sentences("ja").items():
        kinds = {frozenset(placeholders(form)) for form in (*forms, *sentences("en")[code])}
        assert len(kinds) == 1, code


def test_what_the_code_gives_is_what_the_sentence_takes() -> None:
    for place, code, given in calls():
        wanted = placeholders(sentences("ja")[code][0])
        if given is not None:
            assert given - {"n"} == wanted - {"n"}, f"{place}: {code}"
            assert "n" in given or "n" not in wanted, f"{place}: {code}"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("room", ROOMS)
def test_gettext_reads_the_catalogues_as_we_do(lang: str, room: str) -> None:
    """And every one of them lies in the room that its first word names."""
    with (LOCALE / lang / "LC_MESSAGES" / f"{room}.po").open("rb") as file:
        read = read_po(file, locale=lang, abort_invalid=True)
    theirs: dict[str, tuple[str, ...]] = {}
    for entry in read:
        if entry.id:
            plural = isinstance(entry.id, tuple)
            forms = entry.string if plural else (entry.string,)
            theirs[entry.id[0] if plural else entry.id] = tuple(forms)
    assert theirs == {code: forms for code, forms in catalogue(room, lang) if code}
    assert {code.partition(".")[0] for code in theirs} == {room}


def test_one_and_many_differ_in_english() -> None:
    one, many = (message("cli.brief.written", n=n, out="a.docx") for n in (1, 2))
    assert render(one, "en") == "Wrote 1 case to a.docx."
    assert render(many, "en") == "Wrote 2 cases to a.docx."
    assert render(one) == "1件の事例を a.docx に書き出しました。"


def test_lists_and_messages_within_messages_speak_the_language() -> None:
    told = message("usage.unknown_field", name="宇宙", choices=("窓口", "申請"))
    assert "窓口、申請" in render(told)
    assert "窓口, 申請" in render(told, "en")
    kept = message("warn.kept", reason=message("read.password"))
    assert "パスワード" in render(kept)
    assert "password" in render(kept, "en")


def test_a_message_outlives_the_store() -> None:
    told = message(
        "warn.bad_bytes", encoding="UTF-8", places=[message("warn.bad_byte", line=1, byte=2)]
    )
    assert from_json(json.loads(json.dumps(as_json(told)))) == told
    assert isinstance(hash(told), int)


def test_a_message_of_another_version_still_says_something() -> None:
    assert (
        render(Message("read.of_tomorrow", (("path", "a.pdf"),))) == "read.of_tomorrow path=a.pdf"
    )
    assert render(Message("read.front_matter"), "en") == "read.front_matter"


def test_pieces_of_an_english_text_do_not_run_together() -> None:
    """Every line but the last ends with a space, or the next begins with one."""
    for room in ROOMS:
        entries = (
            (LOCALE / "en" / "LC_MESSAGES" / f"{room}.po").read_text("utf-8").split("\n\n")[1:]
        )
        found = [re.findall(r'[^\s"]"\n"[^\s"]', entry) for entry in entries]
        assert not any(found), [e for e, f in zip(entries, found, strict=True) if f]
