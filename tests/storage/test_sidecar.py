"""Sidecars: kept whole, kept as people wrote them, never over what somebody else said."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.base.bounded_yaml import YamlError, as_mapping, read_entries
from kb.base.config import Settings
from kb.base.errors import DxkbError, ReadError
from kb.base.files import written_whole
from kb.storage.corrections import Correction, append, load
from kb.storage.sidecar import load_values, set_values, sidecar_path
from web.uploads import receive

ACCEPTS = (".md",)
CORRECTION = Correction("題", None, "field", "防災", "窓口", "2026-01-01")


@pytest.fixture
def document(tmp_path: Path) -> Path:
    return tmp_path / "a.md"


def test_what_is_not_changed_stays_as_it_was_written(document: Path) -> None:
    own = "# 課長の指示\nvisibility:   公開   # まだ\n\n# 題名\ntitle: >\n  長い\n  題\nまだない項目: [1, 2]\n"
    sidecar_path(document).write_text(own, encoding="utf-8")
    append(document, [CORRECTION])
    before = sidecar_path(document).read_text(encoding="utf-8")
    set_values(document, {"visibility": "庁内", "password": "0123: #x"})
    text = sidecar_path(document).read_text(encoding="utf-8")
    for line in own.splitlines()[2:]:
        assert line in text.splitlines()
    assert text.startswith("# 課長の指示\nvisibility: 庁内\n")
    assert text.endswith(before[before.index("# 画面からの訂正") :])
    assert load_values(document)["password"] == "0123: #x"
    assert load(document) == (CORRECTION,)


@pytest.mark.parametrize("text", ["{title: a, year: 2020}\n", "", "# nothing\n", "---\ntitle: a\n"])
def test_every_way_to_write_it_takes_a_value(document: Path, text: str) -> None:
    sidecar_path(document).write_text(text, encoding="utf-8")
    before = load_values(document)
    set_values(document, {"visibility": "庁内"})
    assert load_values(document) == before | {"visibility": "庁内"}


KEYS = st.text("abxyz項目", min_size=1, max_size=4)


@given(
    st.dictionaries(KEYS, st.text(max_size=20), max_size=4),
    st.dictionaries(KEYS, st.text(st.characters(codec="utf-8"), max_size=20), max_size=3),
)
def test_any_text_comes_back(there: dict[str, str], given_values: dict[str, str]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder) / "資料.pdf"
        for values in (there, given_values):
            set_values(document, values)
        assert load_values(document) == there | given_values


def test_uploading_again_wipes_nothing(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", corpus=tmp_path)
    stored = receive(settings, "a.md", io.BytesIO(b"one"), ACCEPTS, "県内")
    set_values(stored, {"password": "ひみつ"})
    append(stored, [CORRECTION])
    for visibility, after in (("公開", "県内"), ("庁内", "庁内"), ("県内", "庁内")):
        receive(settings, "a.md", io.BytesIO(b"one"), ACCEPTS, visibility)
        assert load_values(stored)["visibility"] == after
        assert load_values(stored)["password"] == "ひみつ"
        assert load(stored) == (CORRECTION,)


def test_a_document_is_never_there_before_its_label(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full when the sidecar is written: nothing of the upload is to be seen."""
    real = os.fsync
    writes = []

    def full(handle: int) -> None:
        writes.append(handle)
        if len(writes) == 1:
            raise OSError(28, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", full)
    settings = Settings(data=tmp_path / "data", corpus=tmp_path)
    with pytest.raises(DxkbError, match="No space left"):
        receive(settings, "a.md", io.BytesIO(b"secret"), ACCEPTS, "庁内")
    assert list((tmp_path / "uploads").iterdir()) == []
    receive(settings, "a.md", io.BytesIO(b"secret"), ACCEPTS, "庁内")
    assert load_values(tmp_path / "uploads" / "a.md")["visibility"] == "庁内"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_permissions_stay_and_strangers_get_none(document: Path) -> None:
    document.write_bytes(b"x")
    document.chmod(0o664)
    set_values(document, {"password": "x"})
    assert stat.S_IMODE(sidecar_path(document).stat().st_mode) == 0o660
    sidecar_path(document).chmod(0o640)
    set_values(document, {"password": "y"})
    assert stat.S_IMODE(sidecar_path(document).stat().st_mode) == 0o640


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "a"
    target.write_bytes(b"old")

    def write() -> None:
        with written_whole(target) as file:
            file.write(b"new")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write()
    assert target.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes in folders")
def test_a_pipe_in_the_place_of_a_sidecar_is_not_waited_for(document: Path) -> None:
    os.mkfifo(sidecar_path(document))
    with pytest.raises(ReadError):
        load_values(document)


# -- bounds -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 100_000,
        "a: " + "{b: " * 5_000,
        "\n".join(" " * n + "a:" for n in range(3_000)),
        "a: &x [1]\nb: *x",
        "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]",
        "a: &a\n  - *a",
        "a: [" + "1," * 200_000 + "1]",
        "a: " + "x" * 2_000_000,
        "- a\n- b",
        "a: [",
        "\x00",
        "!!python/object/apply:os.system [echo]",
        "? [a, b]\n: c\n&a b: *a",
    ],
)
def test_yaml_is_bounded_before_it_is_built(text: str) -> None:
    with pytest.raises(YamlError):
        read_entries(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("date: 2024-02-30", "2024-02-30"),
        ("date: 2024-02-28", "2024-02-28"),
        ("n: " + "9" * 5_000, "9" * 5_000),
        ("n: 2024-01-01T99:99:99", "2024-01-01T99:99:99"),
        ("n: [[[a]]]", [[["a"]]]),
        ("n: 011002", "011002"),
        ("n: yes", "yes"),
        ("n: ~", None),
        ("n: '~'", "~"),
    ],
)
def test_what_cannot_be_a_date_or_a_number_is_text(text: str, value: object) -> None:
    (entry,) = read_entries(text)
    assert entry.value == value


def test_entries_know_their_lines_and_repetitions() -> None:
    entries = read_entries("# head\na: 1\n\nb: 2\na: 3\n")
    assert [(e.key, e.value, e.line) for e in entries] == [
        ("a", "1", 2),
        ("b", "2", 4),
        ("a", "3", 5),
    ]
    assert as_mapping(entries) == {"a": "3", "b": "2"}


@pytest.mark.parametrize("key", ["visibility", "Visibility", "公開範囲", "ＶＩＳＩＢＩＬＩＴＹ"])
def test_a_key_has_one_meaning_by_any_of_its_names(document: Path, key: str) -> None:
    sidecar_path(document).write_text(f"# メモ\n{key}: 庁内\nmemo: a\n", encoding="utf-8")
    assert load_values(document) == {"visibility": "庁内", "memo": "a"}
    set_values(document, {"visibility": "公開"})
    text = sidecar_path(document).read_text(encoding="utf-8")
    assert load_values(document) == {"visibility": "公開", "memo": "a"}
    assert "# メモ" in text
    assert "庁内" not in text
