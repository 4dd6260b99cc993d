"""YAML that people write above and beside documents, bounded before anything is built from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast

import yaml

from kb.base.record import own_key

MOST_CHARACTERS = 1_000_000
MOST_NODES = 100_000
DEEPEST = 20
"""What a head or a sidecar may hold; a thousand corrections are 13,000 nodes, four levels deep."""

_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # the C one is ten times as fast
_WIDE_COLON = re.compile(r"^([^\s:：#\"'\[{-][^\s:：#]{0,19})[ 　]*：[ 　]*", re.MULTILINE)
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})


class Written(str):
    """A value as it is written, and where: 2024-02-30, 011002 and yes are texts like any other, and
    what they mean is for whoever wants a date, a code or an answer. ``line`` is 1-based, ``file``
    "" for the document itself."""

    line: int
    file: str

    def __new__(cls, text: str, line: int = 0, file: str = "") -> Written:
        self = super().__new__(cls, text)
        self.line, self.file = line, file
        return self


@dataclass(frozen=True, slots=True)
class Entry:
    """A line ``key: value`` of the outermost level; ``line`` is 1-based."""

    key: str
    value: object
    line: int


class YamlError(ValueError):
    """Text that is no sound ``key: value`` YAML; ``line`` is 1-based, None when no line is to blame."""

    def __init__(self, why: str, line: int | None = None) -> None:
        super().__init__(why)
        self.line = line


def read_entries(text: str, file: str = "") -> tuple[Entry, ...]:
    """The entries of a mapping in their order, a key that stands twice twice; () for no text. Keys that
    people know by several names have the record's own; ``file`` is what their values say they stand
    in.

    Raises YamlError when it is no mapping, is deeper or larger than anybody writes by hand, or refers
    back to itself (aliases).
    """
    if len(text) > MOST_CHARACTERS:
        raise YamlError("too large")
    text = _WIDE_COLON.sub(r"\1: ", text)
    loader = _Loader(text)
    try:
        _bound(cast("Iterator[Any]", yaml.parse(text, Loader=_Loader)))
        node = loader.get_single_node()
        if node is None:
            return ()
        if not isinstance(node, yaml.MappingNode):
            is_text = isinstance(node, yaml.ScalarNode)
            raise YamlError("text" if is_text else "no mapping", node.start_mark.line + 1)
        return tuple(
            Entry(own_key(str(key.value)), _built(loader, value, file), key.start_mark.line + 1)
            for key, value in node.value
        )
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        last = text.rstrip().count("\n") + 1  # what is not closed ends behind the last line
        raise YamlError("syntax", min(mark.line + 1, last) if mark else None) from error
    finally:
        loader.dispose()


def as_mapping(entries: Iterable[Entry]) -> dict[str, object]:
    """The entries as YAML reads them: of a key that stands twice, the last."""
    return {entry.key: entry.value for entry in entries}


def _bound(events: Iterator[Any]) -> None:
    depth = 0
    for count, event in enumerate(events):
        line = event.start_mark.line + 1 if event.start_mark else None
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent):
            raise YamlError("alias", line)
        if depth > DEEPEST or count > MOST_NODES:
            raise YamlError("too large", line)


def _built(loader: Any, node: Any, file: str) -> object:
    if not isinstance(node, yaml.ScalarNode):
        return loader.construct_document(node)
    is_nothing = not node.style and node.value in _NOTHING
    return None if is_nothing else Written(node.value, node.start_mark.line + 1, file)
