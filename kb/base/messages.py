"""What dxkb tells people: a code and its arguments, worded in Japanese or English where it is shown.

The sentences stand in gettext catalogues, ``locale/<language>/LC_MESSAGES/<room>.po``; the room is the
first word of the code: ``read.password`` is worded in ``read.po``. Whoever adds a message

1. picks a code, such as ``usage.unknown_field``, and uses it: ``UsageError("usage.unknown_field",
   name=name, choices=FIELDS)``, ``message("warn.hidden_sheet", title=title)``, on the command line
   ``say("cli.status.all_read")``, in a template ``t("search.title")`` (``page.`` goes without saying);
2. writes its entry into the two catalogues, among its like. Placeholders are those of ``str.format``
   (``{n:,}``), and ``{{`` is a brace. Where English tells one from many, both entries have a
   ``msgid_plural``, and the argument that counts is called ``n``.

``tests/base/test_messages.py`` fails when a code is missing in a language or used nowhere, and when
the arguments given and the placeholders of the two languages are not the same.

Rooms: ``read`` why a file was not read (the second word is the ledger's ``reason_code``), ``warn`` what to
know about one that was, ``usage`` wrong arguments and what is not there, ``store`` the data and corpus
folders and the models, ``cli`` the terminal, ``page`` the screens, ``name`` values of the data.

The catalogues are read as they are: no compiled copy can be stale, and one room takes about a
millisecond. Any editor of gettext files (Poedit, Weblate) edits them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

Argument = "str | int | float | Message | tuple[Argument, ...]"
"""A list is joined with 、 or commas; a message within a message is worded in its language."""

LANGUAGES = ("ja", "en")
_LOCALE = Path(__file__).parent / "locale"
_STRING = r'"(?:[^"\\\n]|\\.)*"'
_STRINGS = rf"{_STRING}(?:\n{_STRING})*"
_ENTRY = re.compile(
    rf"^msgid (?P<code>{_STRINGS})\n(?:msgid_plural {_STRINGS}\n)?"
    rf"(?P<forms>(?:msgstr(?:\[\d\])? {_STRINGS}(?:\n|\Z))+)",
    re.MULTILINE,
)
_FORM = re.compile(rf"^msgstr(?:\[\d\])? ({_STRINGS})", re.MULTILINE)
_PART = re.compile(_STRING)
_ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence not yet worded: its ``code`` and what fills its placeholders, by name."""

    code: str
    args: tuple[tuple[str, Any], ...] = ()


def message(code: str, /, **args: object) -> Message:
    """The message ``code``; arguments that are no number, list or message become their text."""
    return Message(code, tuple((name, _plain(value)) for name, value in args.items()))


def render(told: Message, lang: str = "ja") -> str:
    """The sentence in ``lang`` ("ja" or "en"). One that another version of dxkb stored and this one
    cannot word shows as its code and arguments."""
    args = {name: _shown(value, lang) for name, value in told.args}
    forms = _room(told.code.partition(".")[0], lang).get(told.code, ())
    try:
        return forms[0 if args.get("n") == 1 else -1].format_map(args)
    except (LookupError, ValueError, TypeError):
        return " ".join([told.code, *(f"{name}={value}" for name, value in args.items())])


def is_known(code: str) -> bool:
    """True when there is a sentence for ``code``."""
    return code in _room(code.partition(".")[0], LANGUAGES[0])


def value_name(kind: str, value: str, lang: str) -> str:
    """A value of the data (a ``field``, ``role``, ``status``, …) as ``lang`` shows it."""
    code = f"name.{kind}.{value}"
    return render(Message(code), lang) if is_known(code) else value


def as_json(told: Message) -> dict[str, object]:
    """The message as the store keeps it: ``{"code": …, "args": {…}}``."""
    return {"code": told.code, "args": {name: _stored(value) for name, value in told.args}}


def from_json(value: Mapping[str, Any]) -> Message:
    """The message of what :func:`as_json` gave."""
    return Message(value["code"], tuple((k, _restored(v)) for k, v in value["args"].items()))


def catalogue(room: str, lang: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(code, forms) of a room's catalogue: one form, or the English of one and of many."""
    path = _LOCALE / lang / "LC_MESSAGES" / f"{room}.po"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    for entry in _ENTRY.finditer(text):
        yield _joined(entry["code"]), tuple(map(_joined, _FORM.findall(entry["forms"])))


@cache
def _room(room: str, lang: str) -> dict[str, tuple[str, ...]]:
    return dict(catalogue(room, lang))


def _joined(strings: str) -> str:
    text = "".join(part[1:-1] for part in _PART.findall(strings))
    if "\\" not in text:
        return text
    return _ESCAPED.sub(lambda found: {"n": "\n", "t": "\t"}.get(found[1], found[1]), text)


def _plain(value: object) -> Any:
    if isinstance(value, str | int | float | Message):
        return value
    if isinstance(value, list | tuple):
        return tuple(map(_plain, value))
    return str(value)


def _shown(value: Any, lang: str) -> Any:
    if isinstance(value, Message):
        return render(value, lang)
    if isinstance(value, tuple):
        return ("、" if lang == "ja" else ", ").join(str(_shown(item, lang)) for item in value)
    return value


def _stored(value: Any) -> Any:
    if isinstance(value, Message):
        return as_json(value)
    return [_stored(item) for item in value] if isinstance(value, tuple) else value


def _restored(value: Any) -> Any:
    if isinstance(value, dict):
        return from_json(value)
    return tuple(map(_restored, value)) if isinstance(value, list) else value
