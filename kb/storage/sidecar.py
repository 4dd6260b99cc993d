"""The sidecar NAME.ext.yaml: what people say about the document beside it, who may see it among that.

The only module that reads and writes sidecars. What it does not change stays as it was written,
comments and unknown keys included.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import yaml

from kb.base.bounded_yaml import Entry, YamlError, as_mapping, read_entries
from kb.base.errors import DxkbError, ReadError
from kb.base.files import read_regular, sync_folder, written_whole

SUFFIX = ".yaml"

_writing = threading.RLock()  # two people may correct at once
_NOT_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def sidecar_path(document: Path) -> Path:
    """Where the sidecar of a document lies, if there is one."""
    return document.with_name(document.name + SUFFIX)


def parse(content: bytes, name: str) -> tuple[Entry, ...]:
    """The entries of a sidecar's bytes. Raises ReadError("sidecar") naming the file and the line."""
    try:
        return read_entries(content.decode("utf-8-sig"), name)
    except UnicodeDecodeError as error:
        raise ReadError("read.sidecar.encoding", name=name) from error
    except YamlError as error:
        if error.line:
            raise ReadError("read.sidecar.line", name=name, line=error.line) from error
        raise ReadError("read.sidecar", name=name) from error


def load_values(document: Path) -> dict[str, object]:
    """What the sidecar of ``document`` says; nothing when there is none. Raises ReadError("sidecar")."""
    path = sidecar_path(document)
    return as_mapping(parse(_content(path), path.name))


def change(document: Path, edit: Callable[[str], str]) -> None:
    """Rewrites the sidecar of ``document`` by ``edit``, one writer at a time; an unchanged text is not
    written. Raises what ``edit`` raises, ReadError("sidecar"), DxkbError naming the sidecar."""
    path = sidecar_path(document)
    with _writing:
        content = _content(path)
        parse(content, path.name)
        before = content.decode("utf-8-sig")
        after = edit(before)
        if after == before:
            return
        try:
            with written_whole(path, _mode(document)) as file:
                file.write(after.encode("utf-8"))
        except OSError as error:
            raise DxkbError(
                "store.sidecar_unwritable", name=path.name, error=error.strerror
            ) from error


def set_values(document: Path, given: Mapping[str, str]) -> None:
    """Gives keys of the sidecar these values; everything else stays. Raises as :func:`change` does."""
    name = sidecar_path(document).name
    change(document, lambda text: _merged(text, given, name))


def follow(orphan: Path, document: Path) -> None:
    """Moves a sidecar that was left behind to where its document lies now. Raises OSError."""
    orphan.rename(sidecar_path(document))
    sync_folder(document.parent)


def as_yaml(value: object) -> str:
    """JSON on one line, which is YAML but for some characters that YAML wants escaped."""
    text = json.dumps(value, ensure_ascii=False)
    return _NOT_YAML.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def _merged(text: str, given: Mapping[str, str], name: str) -> str:
    """``text`` with the keys' lines replaced, new ones first; where that cannot be done line by line
    (``{a: b}``), all of it written anew."""
    entries = read_entries(text)
    wanted = as_mapping(entries) | dict(given)
    lines = text.splitlines(keepends=True)
    starts = [entry.line - 1 for entry in entries] + [len(lines)]
    for place in range(len(entries) - 1, -1, -1):
        if entries[place].key in given:
            own = lines[starts[place] : starts[place + 1]]
            rest = _trailing(own)
            lines[starts[place] : starts[place + 1]] = own[len(own) - rest :] if rest else []
    new = "".join(f"{key}: {_scalar(value)}\n" for key, value in given.items())
    first = starts[0] if entries else 0
    merged = "".join([*lines[:first], new, *lines[first:]])
    try:
        if as_mapping(parse(merged.encode(), name)) == wanted:
            return merged
    except ReadError:
        pass
    return yaml.safe_dump(json.loads(json.dumps(wanted)), allow_unicode=True, sort_keys=False)


def _trailing(lines: list[str]) -> int:
    """How many comments and empty lines follow an entry: they belong to the next one."""
    count = 0
    while count < len(lines) - 1 and (not lines[-1 - count].strip() or lines[-1 - count][0] == "#"):
        count += 1
    return count


def _scalar(value: str) -> str:
    """A text as people write it where YAML reads that as the same text, else in quotes."""
    try:
        is_plain = yaml.safe_load(f"k: {value}\n") == {"k": value}
    except (yaml.YAMLError, ValueError):
        is_plain = False
    return value if is_plain else as_yaml(value)


def _mode(document: Path) -> int:
    """The permissions of a new sidecar: those of its document, but nothing for strangers, because it
    may hold a password."""
    try:
        return document.stat().st_mode & 0o660 | 0o600
    except OSError:
        return 0o600


def _content(path: Path) -> bytes:
    try:
        return read_regular(path)
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise ReadError("read.sidecar.closed", name=path.name, error=error.strerror) from error
