"""YAML that people write above and beside documents, bounded before anything is built from it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast

import yaml

MOST_CHARACTERS = 1_000_000
MOST_NODES = 100_000
DEEPEST = 20
"""What a head or a sidecar may hold; a thousand corrections are 13,000 nodes, four levels deep."""

_C = hasattr(yaml, "CSafeLoader")
_Base: Any = yaml.CSafeLoader if _C else yaml.SafeLoader  # the C one is ten times as fast
_FRAGILE = ("timestamp", "int", "float")  # 2024-02-30 is none of these: it stays as it is written


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


class _Loader(_Base):  # type: ignore[misc]
    pass


def _lenient(name: str) -> None:
    tag = f"tag:yaml.org,2002:{name}"
    sound = yaml.SafeLoader.yaml_constructors[tag]

    def construct(loader: Any, node: Any) -> object:
        try:
            return sound(loader, node)
        except (ValueError, OverflowError, IndexError):
            return node.value

    _Loader.add_constructor(tag, construct)


for _name in _FRAGILE:
    _lenient(_name)


def read_entries(text: str) -> tuple[Entry, ...]:
    """The entries of a mapping in their order, a key that stands twice twice; () for no text.

    Raises YamlError when it is no mapping, is deeper or larger than anybody writes by hand, or refers
    back to itself (aliases).
    """
    if len(text) > MOST_CHARACTERS:
        raise YamlError("too large")
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
            Entry(str(_built(loader, key)), _built(loader, value), key.start_mark.line + 1)
            for key, value in node.value
        )
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise YamlError("syntax", mark.line + 1 if mark else None) from error
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


def _built(loader: Any, node: Any) -> object:
    return _plain(loader.construct_document(node))


def _plain(value: object) -> object:
    """Dates as they are written, since everything that follows reads texts."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value
