"""Cases put into a store as they are, without documents."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kb.base.config import Settings
from kb.base.types import CaseDraft, Viewer
from kb.query.conditions.detect import Condition
from kb.ranking.boosting import met_by_all, standings
from kb.storage.store import Store
from kb.storage.writer import FileState, NewCase, NewDocument, Terms, open_writer

_NO_VECTORS = np.zeros((0, 2), np.float32)


def stored(data: Path, drafts: Sequence[CaseDraft]) -> Store:
    """A store of public cases, each a document of its own."""
    settings = Settings(data=data, corpus=data)
    with open_writer(settings) as writer:
        writer.use_model("test", 2)
        for i, draft in enumerate(drafts):
            case = NewCase(draft, (), Terms((), ()), _NO_VECTORS, np.zeros(2, np.float32))
            state = FileState(f"{i}.md", b"", 1, 1, "", "", f"{i}")
            writer.put(state, NewDocument("note", (), "公開", (), (case,)))
    return Store.open(settings)


def meeting(store: Store, conditions: Sequence[Condition]) -> list[str]:
    """Titles of the cases that meet all ``conditions``."""
    owner = Viewer.owner()
    every = store.cases_by_no(sorted(store.all_case_nos()), owner)
    found = met_by_all(standings(store, conditions, owner)) if conditions else every.keys()
    return [case.title for no, case in every.items() if no in found]
