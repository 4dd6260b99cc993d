"""Words that are counted by what has changed are as if all were counted anew, and only what all may read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.base.config import Settings
from kb.index import said
from kb.index.said import SaidWords
from kb.query.said import OWN, Known, SaidNow, changed, tally
from kb.query.sounds import sounds
from kb.storage.store import Store
from kb.storage.writer import open_writer
from tests.storage.test_store import document, put

OWNS = {"電子申請": OWN, "窓口": OWN}
TEXTS = st.dictionaries(
    st.integers(1, 9),
    st.lists(st.sampled_from("電子 申請 電 子申請 窓口 かな かなり line web 市役所職員 採用試験制度".split())).map(" ".join),
)  # fmt: skip


def counted(texts: Mapping[int, str]) -> dict[str, int]:
    """Terms, and compounds of two that are said twice, with how often they are said."""
    single, double = Counter[str](), Counter[str]()
    for text in texts.values():
        terms = text.split()
        single.update(terms)
        double.update(a + b for a, b in pairwise(terms) if not a.isascii() and not b.isascii())
    double = Counter({w: n for w, n in double.items() if n > 1 and len(w) <= 12})
    return dict(single + double + Counter(OWNS))


def is_said_of(found: SaidNow, texts: Mapping[int, str]) -> None:
    wanted = counted(texts)
    assert found.counts == wanted
    assert {w for w in found.long() if w in wanted} == {
        w for w in wanted if w in ("電子申請", "子申請", "市役所職員", "採用試験制度")
        or (len(w) > 2 and not w.isascii() and w not in ("かな", "かなり") and set(w) - set("かなり"))
    }  # fmt: skip
    heard = sounds(w for w in wanted if not set(w) <= set("かなり") and len(w) > 1)
    for sound in filter(None, heard.values()):
        alike = [w for w in heard if heard[w] == sound]
        assert found.sounding(sound) == min(alike, key=lambda w: (-wanted[w], w))


@given(TEXTS, TEXTS)
def test_what_has_changed_counts_as_if_all_were_counted_anew(
    before: dict[int, str], after: dict[int, str]
) -> None:
    known = Known(tally(before), OWNS)
    is_said_of(SaidNow(known, known.counts), before)
    same = {n for n in before if before[n] == after.get(n)}
    came = [text for n, text in after.items() if n not in same]
    is_said_of(changed(known, before.keys() - same, came), after)


@pytest.fixture
def settings(either: Settings) -> Settings:
    return either


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_nobody_is_told_words_that_are_not_public_any_more(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    monkeypatch.setattr(said, "_CHANGED", share)
    kept, store = None, None

    def words() -> set[str]:
        """What is said by what was counted before in this process, and by what was kept in a file."""
        nonlocal kept, store
        store = store or Store.open(settings)
        kept = kept or SaidWords(settings, store, {})
        found, fresh = kept.said().counts, SaidWords(settings, store, {}).said().counts
        assert found == fresh
        return {word for word in found if "本文" not in word}

    with open_writer(settings) as writer:
        put(writer, "a.md", document("予防"))
        put(writer, "b.md", document("介護", visibility="庁内"))
        put(writer, "c.md", document("保険"))
    assert words() == {"予防", "保険"} == words()
    with open_writer(settings) as writer:
        writer.hold("c.md", "庁内")
    assert words() == {"予防"}
    with open_writer(settings) as writer:
        put(writer, "c.md", document("保健"))
        put(writer, "b.md", document("福祉"))
    assert words() == {"予防", "保健", "福祉"}
    with open_writer(settings) as writer:
        writer.remove("a.md")
        put(writer, "b.md", document("福祉", visibility="県内"))
    assert words() == {"保健"}


def test_a_damaged_file_is_counted_again(settings: Settings) -> None:
    with open_writer(settings) as writer:
        put(writer, "a.md", document("予防"))
    store = Store.open(settings)
    found = SaidWords(settings, store, {}).said()
    assert found.sounding("よぼう") == "予防"
    files = sorted(settings.views.glob("*-*.npz"))
    assert [file.name.split("-")[0] for file in files] == ["sounds", "words"]
    for damage in (b"", b"PK\3\4 no archive", np.random.default_rng(1).bytes(3000)):
        for file in files:
            file.write_bytes(damage)
        again = SaidWords(settings, store, {}).said()
        assert again.counts == found.counts
        assert again.sounding("よぼう") == "予防"
