"""Packs: what two offices hand each other without a network."""

from __future__ import annotations

import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from dxkb.main import main
from ingest.flow.pipeline import ingest
from kb.base.config import Settings
from kb.base.errors import DxkbError, StoreError, UsageError
from kb.base.types import Viewer
from kb.operations.packing import pack
from kb.operations.unpacking import inspect_pack, roll_back, unpack
from kb.storage.sidecar import load_values, set_values
from kb.storage.store import Store


def office(tmp_path: Path, name: str, notes: dict[str, tuple[str, str]]) -> Settings:
    """An office with notes (words, label), taken in."""
    settings = Settings(
        data=tmp_path / name / "data", corpus=tmp_path / name / "corpus", sentences=False
    )
    settings.corpus.mkdir(parents=True)
    for path, (words, label) in notes.items():
        put(settings, path, words, label)
    ingest(settings)
    return settings


def put(settings: Settings, path: str, words: str, label: str) -> None:
    file = settings.corpus / path
    file.parent.mkdir(exist_ok=True)
    text = f"---\ntitle: {words}\nmunicipality: 兵庫県多可町\nvisibility: {label}\n---\n{words}を始めた。\n"
    file.write_text(text, encoding="utf-8")


def shown(settings: Settings) -> set[tuple[str, str]]:
    """Documents by digest, with the label that counts."""
    ingest(settings)
    entries = Store.open(settings).ledger(Viewer.owner())
    return {(entry.sha256[:8], entry.visibility) for entry in entries if entry.document_id}


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prefecture and a town that has the prefecture's first document under another name, for fewer."""
    folder = tmp_path_factory.mktemp("offices")
    office(folder, "ken", {
        "窓口/一.md": ("書かない窓口", "公開"), "二.md": ("電子申請", "県内"), "三.md": ("内部の検討", "庁内"),
        "七.md": ("窓口の予約", "公開"),
    })  # fmt: skip
    town = office(
        folder, "machi", {"四.md": ("予約システム", "公開"), "五.md": ("消防団アプリ", "県内")}
    )
    shutil.copy(folder / "ken" / "corpus" / "窓口" / "一.md", town.corpus / "同じ.md")
    ingest(town)
    return folder


def copied(offices: Path, name: str, tmp_path: Path) -> Settings:
    place = tmp_path / name
    shutil.copytree(offices / name, place)
    return Settings(data=place / "data", corpus=place / "corpus", sentences=False)


@pytest.fixture
def prefecture(offices: Path, tmp_path: Path) -> Settings:
    return copied(offices, "ken", tmp_path)


@pytest.fixture
def town(offices: Path, tmp_path: Path) -> Settings:
    return copied(offices, "machi", tmp_path)


def lying(settings: Settings) -> dict[str, bytes]:
    """Every file of the corpus but what waits on the shelf."""
    files = (f for f in settings.corpus.rglob("*") if f.is_file() and ".dxkb" not in f.parts)
    return {str(f.relative_to(settings.corpus)): f.read_bytes() for f in files}


def handed(tmp_path: Path, of: Settings, to: Settings, name: str = "県") -> None:
    file = tmp_path / f"{name}.dxpack"
    made = pack(of, file, name, ["県内"])
    unpack(to, file, made.fingerprint)


def test_merged_both_ways_both_have_the_same_but_what_is_for_one_office(
    tmp_path: Path, prefecture: Settings, town: Settings
) -> None:
    set_values(town.corpus / "同じ.md", {"visibility": "県内"})
    handed(tmp_path, prefecture, town)
    handed(tmp_path, town, prefecture, "町")
    mine, theirs = shown(prefecture), shown(town)
    assert {label for _, label in mine - theirs} == {"庁内"}
    assert theirs < mine
    assert len(theirs) == 5
    copies = [e.path for e in Store.open(town).ledger(Viewer.owner()) if "一.md" in e.path]
    assert copies == []  # the town had it, under another name


def test_a_label_is_kept_and_secrets_stay(
    tmp_path: Path, prefecture: Settings, town: Settings
) -> None:
    set_values(prefecture.corpus / "二.md", {"password": "himitsu", "contact": "情報政策課"})
    handed(tmp_path, prefecture, town)
    (came,) = (town.corpus / "exchange").glob("*/二.md")
    assert load_values(came) == {"visibility": "県内", "contact": "情報政策課"}
    assert not list((town.corpus / "exchange").rglob("三.md"))
    public = pack(prefecture, tmp_path / "public.dxpack", "県")
    assert [item.path for item in public.items] == ["七.md", "窓口/一.md"]
    with pytest.raises(UsageError, match="庁内"):
        pack(prefecture, tmp_path / "all.dxpack", "県", ["庁内"])


def test_what_was_narrowed_since_it_was_taken_in_is_not_handed_over(
    tmp_path: Path, prefecture: Settings
) -> None:
    set_values(prefecture.corpus / "窓口" / "一.md", {"visibility": "庁内"})
    made = pack(prefecture, tmp_path / "a.dxpack", "県", ["県内"])
    assert [item.path for item in made.items] == ["七.md", "二.md"]


def test_a_second_pack_carries_what_is_new_and_needs_the_first(
    tmp_path: Path, prefecture: Settings, town: Settings
) -> None:
    first, second = tmp_path / "1.dxpack", tmp_path / "2.dxpack"
    made = pack(prefecture, first, "県", ["県内"])
    put(prefecture, "六.md", "公共施設予約", "公開")
    (prefecture.corpus / "二.md").unlink()
    ingest(prefecture)
    pack(prefecture, second, "県", ["県内"], since=first)
    with zipfile.ZipFile(second) as archive:
        assert len(archive.namelist()) == 3
    with pytest.raises(StoreError, match="先に要ります"):
        unpack(town, second, made.fingerprint)
    unpack(town, first, made.fingerprint)
    came = next((town.corpus / "exchange").iterdir()).relative_to(town.corpus)
    before = lying(town)
    seen = inspect_pack(town, second)
    assert (seen.added, seen.gone, seen.changed) == (("六.md",), ("二.md",), ())
    assert lying(town) == before
    unpack(town, second)
    assert set(lying(town)) ^ set(before) == {
        f"{came}/{name}{end}" for name in ("二.md", "六.md") for end in ("", ".yaml")
    }
    with pytest.raises(StoreError, match="もう合わせて"):
        unpack(town, first)
    assert roll_back(town) == "県"
    assert lying(town) == before
    with pytest.raises(UsageError):
        roll_back(town)


def test_a_narrowed_label_comes_back_with_the_roll_back(
    tmp_path: Path, prefecture: Settings, town: Settings
) -> None:
    before = lying(town)
    set_values(prefecture.corpus / "窓口" / "一.md", {"visibility": "県内"})
    handed(tmp_path, prefecture, town)
    assert load_values(town.corpus / "同じ.md")["visibility"] == "県内"
    public = Store.open(town).ledger(Viewer.of())
    assert "同じ.md" not in {entry.path for entry in public}  # at once, not after the next ingest
    roll_back(town)
    assert lying(town) == before


@pytest.mark.parametrize("part", ["manifest.json", "content", "signature"])
def test_a_pack_that_was_changed_is_refused_and_nothing_happens(
    tmp_path: Path, prefecture: Settings, town: Settings, part: str
) -> None:
    file, changed = tmp_path / "a.dxpack", tmp_path / "b.dxpack"
    made = pack(prefecture, file, "県")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == part or (part == "content" and len(name) == 64):
                is_text = name == "manifest.json"
                flipped = data[:-1] + bytes([data[-1] ^ 1])
                data = data.replace("公開".encode(), "県内".encode()) if is_text else flipped
            new.writestr(name, data)
    with pytest.raises(StoreError, match=r"書き換えられて|壊れて"):
        unpack(town, changed, made.fingerprint)
    assert not list(town.corpus.glob("exchange/*"))


def test_a_stranger_is_refused_with_the_fingerprint_to_confirm(
    tmp_path: Path, prefecture: Settings, town: Settings
) -> None:
    file = tmp_path / "a.dxpack"
    made = pack(prefecture, file, "県")
    with pytest.raises(StoreError, match=made.fingerprint):
        unpack(town, file)
    with pytest.raises(StoreError):
        unpack(town, file, made.fingerprint[:9])
    with pytest.raises(DxkbError):
        unpack(replace(town, data=tmp_path / "other"), tmp_path / "nothing.dxpack")


def test_the_commands(
    tmp_path: Path, prefecture: Settings, town: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(tmp_path / "県.dxpack")
    here = ["--data", str(prefecture.data), "--corpus", str(prefecture.corpus)]
    there = ["--data", str(town.data), "--corpus", str(town.corpus)]
    assert main(["pack", file, "--from", "県", "--as", "県内", "--json", *here]) == 0
    made = json.loads(capsys.readouterr().out)
    assert (made["documents"], made["carried"]) == (3, 3)
    assert main(["unpack", file, "--inspect", "--trust", made["fingerprint"], *there]) == 0
    assert "新しい資料 2 件" in capsys.readouterr().out
    assert main(["unpack", file, "--trust", made["fingerprint"], "--json", *there]) == 0
    assert json.loads(capsys.readouterr().out)["applied"]
    assert main(["unpack", "--undo", *there]) == 0
    assert main(["unpack", *there]) == 2
