"""Views made aside: whole, or from the ones before with only what has changed since."""

from __future__ import annotations

import errno
import logging
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from pathlib import Path

from kb.index import dense, lexical
from kb.index.checksums import require_whole, seal, share
from kb.storage.store import Store

ASIDE = "building-"
LEXICAL, DENSE = "lexical", "dense"
WHOLE = 1000
"""Cases up to which views are built whole: it is quick, and nothing is left over from before."""
_CHANGED = 0.1
"""Share of the cases that change, or that have been taken out and still lie in Tantivy's files, from
which on building whole is no dearer."""
AT_ONCE = 2000
"""Cases whose terms or vectors are in memory together while views are built whole."""
_REWRITTEN = ("meta.json", ".managed.json")  # by Tantivy, with every change

_log = logging.getLogger(__name__)


def whole(parent: Path | None, store: Store) -> Path:
    """A folder in ``parent``, or among the temporary files, with both views of all that is stored. Raises
    OSError."""
    model = store.model_id()

    def fill(aside: Path) -> None:
        terms = (case for some in groups(store) for case in store.all_terms(some))
        lexical.build(aside / LEXICAL, terms)
        dense.build(aside / DENSE, (store.all_vectors(model, some) for some in groups(store)))
        seal(aside)

    return made(parent, fill)


def groups(store: Store) -> Iterator[list[int]]:
    """The numbers of all cases in order, some at a time, at least once. A case that comes meanwhile is missing,
    and one that goes may be there: the next change of the views mends that."""
    nos = sorted(store.all_case_nos())
    yield from (nos[start : start + AT_ONCE] for start in range(0, max(1, len(nos)), AT_ONCE))


def brought_up(before: Path, since: int, store: Store) -> Path | None:
    """A folder beside ``before``, the views of the generation ``since``, with both views as the store is
    now. None where they are better built whole. Raises OSError or ValueError."""
    require_whole(before)
    live, dead = lexical.counts(before / LEXICAL)
    changed = store.changed_cases(since) if live > WHOLE else None
    if changed is None or len(changed) + dead > _CHANGED * live:
        return None
    terms = store.all_terms(changed)
    vectors = store.all_vectors(store.model_id(), changed)

    def fill(aside: Path) -> None:
        _share_words(before / LEXICAL, aside / LEXICAL)
        lexical.change(aside / LEXICAL, changed, terms)
        dense.change(before / DENSE, aside / DENSE, changed, vectors)
        seal(aside, before)

    return made(before.parent, fill)


def made(parent: Path | None, fill: Callable[[Path], object]) -> Path:
    """A new folder that ``fill`` has filled, whole or not there. Raises OSError."""
    aside = Path(tempfile.mkdtemp(dir=parent, prefix=ASIDE if parent else "dxkb-views-"))
    try:
        fill(aside)
    except (OSError, RuntimeError, ValueError) as error:
        shutil.rmtree(aside, ignore_errors=True)
        code = errno.ENOSPC if "No space" in str(error) else errno.EIO
        raise OSError(code, str(error)) from error
    return aside


def attempted(bring_up: Callable[[], Path | None]) -> Path | None:
    """What ``bring_up`` gives; None where the views that it begins with are gone or damaged."""
    with suppress(OSError, RuntimeError, ValueError, LookupError):
        return bring_up()
    _log.warning("the views of before cannot be brought up to date and are built whole")
    return None


def latest(folders: Collection[Path]) -> Path | None:
    """The folder of the latest generation, and of the latest state of it."""
    return max(folders, key=lambda folder: _numbers(folder), default=None)


def generation_of(folder: Path) -> int:
    """The generation that a folder's name tells; -1 for another name."""
    return _numbers(folder)[0]


def _numbers(folder: Path) -> tuple[int, int]:
    told = [int(part) if part.isdigit() else -1 for part in folder.name.split("-")[1:-1]]
    generation, state, *_ = (*told, -1, -1)
    return generation, state


def _share_words(before: Path, aside: Path) -> None:
    aside.mkdir()
    for path in before.iterdir():
        if path.name in _REWRITTEN:
            shutil.copy2(path, aside / path.name)
        elif path.suffix != ".lock":
            share(path, aside / path.name)
