"""Who may see a document by what lies around it: the folder's word, files that look like its sidecar, stamps."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.describe.stamps import stamps
from ingest.flow.pipeline import ingest
from ingest.page import Block, Extract, Page
from kb.base.config import Settings
from kb.base.types import LedgerEntry, Viewer
from kb.documents.around import Around, labelled, misnamed, strays
from kb.documents.hold import hold
from kb.documents.stamped import stamped_path
from kb.storage.store import Store

NOTE = "# {0}の窓口\n\n宍粟市は{0}で書類を減らした。\n"


def note(path: Path, head: str = "", beside: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    front = f"---\n{head}\n---\n" if head else ""
    path.write_text(front + NOTE.format(path.stem), encoding="utf-8")
    if beside:
        path.with_name(path.name + ".yaml").write_text(beside, encoding="utf-8")


def ledger(settings: Settings) -> dict[str, LedgerEntry]:
    return {e.path: e for e in Store.open(settings).ledger(Viewer.owner())}


def codes(entry: LedgerEntry) -> list[str]:
    return [warning.code for warning in entry.warnings]


def test_a_folder_gives_its_default_and_is_not_gone_beyond(settings: Settings) -> None:
    top = settings.corpus
    (top / "課").mkdir()
    (top / "課/_access.yaml").write_text("公開範囲: 庁内\n", encoding="utf-8")
    note(top / "a.md")
    note(top / "課/b.md")
    note(top / "課/c.md", "visibility: 公開")
    note(top / "課/d.md", beside="visibility: 県内\n")
    note(top / "課/e.md", beside="visibility: 公開\ndecided: editor\n")
    note(top / "課/f.md", beside="visibility: 公開\ndecided: admin\n")
    note(top / "課/g.md", "decided: admin\nvisibility: 公開")  # only the screen decides
    note(top / "課/h.md", "visibility: 人事班")
    note(top / "課/子/i.md")
    (top / "課/開").mkdir()
    (top / "課/開/_ACCESS.yml").write_text("visibility: 公開\n", encoding="utf-8")
    note(top / "課/開/j.md")
    (top / "謎").mkdir()
    (top / "謎/_access.yaml").write_text("庁内だけ\n", encoding="utf-8")
    note(top / "謎/k.md", "visibility: 公開")
    (top / "空").mkdir()
    (top / "空/_access.yaml").write_text("", encoding="utf-8")
    note(top / "空/l.md")
    (top / "空/broken.pdf").write_bytes(b"%PDF-1.4 broken")
    ingest(settings)
    seen = ledger(settings)
    assert {Path(p).stem: e.visibility for p, e in seen.items()} == {
        "a": "公開", "b": "庁内", "c": "庁内", "d": "庁内", "e": "庁内", "f": "公開", "g": "庁内", "h": "人事班",
        "i": "庁内", "j": "公開", "k": "庁内", "l": "庁内", "broken": "庁内",
    }  # fmt: skip
    assert {Path(p).stem for p, e in seen.items() if "warn.narrower" in codes(e)} == {
        "c", "d", "e", "g", "k",
    }  # fmt: skip
    assert {Path(p).stem for p, e in seen.items() if "warn.access_doubt" in codes(e)} == {"k", "l"}
    (top / "_access.yaml").write_text("visibility: 県内\n", encoding="utf-8")
    (top / "課/_access.yaml").unlink()
    ingest(settings)
    after = {Path(p).stem: e.visibility for p, e in ledger(settings).items()}
    assert (after["a"], after["b"], after["c"], after["j"]) == ("県内", "県内", "県内", "公開")


@pytest.mark.parametrize(
    ("name", "text", "label", "code"),
    [
        ("name.yaml", "visibility: 庁内\n", "庁内", "warn.misnamed_held"),
        ("name.yml", "公開範囲：県内\n", "庁内", "warn.misnamed_held"),
        ("name.YAML", "取扱: 注意\n", "庁内", "warn.misnamed_held"),
        ("name.md.YML", "visibility: [庁内\n", "庁内", "warn.misnamed_held"),
        ("NAME.MD.yaml", "- 庁内\n", "庁内", "warn.misnamed_held"),
        ("name.yaml", "title: 窓口\n", "公開", "warn.misnamed"),
        ("name.yaml", "visibility: 公開\n", "公開", "warn.misnamed"),
    ],
)
def test_a_misnamed_sidecar_is_looked_at(
    settings: Settings, name: str, text: str, label: str, code: str
) -> None:
    note(settings.corpus / "name.md")
    (settings.corpus / name).write_text(text, encoding="utf-8")
    ingest(settings)
    entry = ledger(settings)["name.md"]
    assert entry.visibility == label
    assert codes(entry) == [code]
    assert name in str(entry.warnings)
    (settings.corpus / name).unlink()
    ingest(settings)
    assert (ledger(settings)["name.md"].visibility, codes(ledger(settings)["name.md"])) == (
        "公開",
        [],
    )


def test_what_is_another_documents_own_is_not_misnamed() -> None:
    names = {"a.md", "a.md.yaml", "a.pdf", "a.yaml", "a", "b.md", "b.yaml.yaml", "b.yaml"}
    assert misnamed("a.md", strays(names)) == ()  # a.yaml belongs to the file that is called a
    assert misnamed("a.md", strays(names - {"a"})) == ("a.yaml",)
    assert misnamed("b.md", strays(names)) == ("b.yaml",)
    assert misnamed("a.md.yaml", strays(names)) == ()


def test_of_two_groups_the_folders_counts() -> None:
    assert labelled({"visibility": "人事班"}, Around("DX班"))[0] == "DX班"
    assert labelled({"visibility": "庁内"}, Around("DX班"))[0] == "DX班"
    assert labelled({}, Around("DX班"))[0] == "DX班"


def test_what_fewer_may_see_is_hidden_before_it_is_read_again(settings: Settings) -> None:
    """The document behind another place of the same bytes, too, until that is read again."""
    for name in ("a", "b"):
        (settings.corpus / f"{name}.md").write_text(NOTE.format("同じ"), encoding="utf-8")
    ingest(settings)
    public = Viewer.of()
    assert len(Store.open(settings).ledger(public)) == 2
    hold(settings, "a.md", "庁内")
    assert Store.open(settings).ledger(public) == ()
    assert Store.open(settings).counts(public)["cases"] == 0
    hold(settings, "a.md", "公開")  # never more
    assert Store.open(settings).ledger(public) == ()
    (settings.corpus / "a.md.yaml").write_text("visibility: 庁内\n", encoding="utf-8")
    ingest(settings)
    assert [e.path for e in Store.open(settings).ledger(public)] == ["b.md"]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("部外秘", "部外秘"), ("取 扱 注 意", "取扱注意"), ("【庁内限り】令和5年度 計画", "庁内限り"), ("㊙", "秘"),
        ("会議資料（非公開）", "非公開"), ("CONFIDENTIAL", "confidential"), ("●取扱い注意●", "取扱い注意"),
        ("取扱注意物品の管理", None), ("秘書課", None), ("公開", None), ("庁内の業務", None),
        ("※取扱注意（関係者限り）", "取扱注意・関係者限り"), ("この資料は庁内限りとし、外部への配布を禁止します。", "庁内限り"),
        ("注釈：部外秘", "部外秘"), ("※本資料は内部検討用のため、取扱いには御注意ください。", "内部検討用"), ("機密性２", "機密性2"),
        ("文書に「庁内限り」「部外秘」の区分を自動で付ける。", None), ("契約書（部外秘）を電子にした。", None),
        ("「部外秘」と「庁内限り」の違い", None), ("この資料は職員用に作った手引である。", None),
        ("議事の要旨を説明したうえで、次の回では資料（部外秘）を回収する方法を、委員の意見を聞きながら改めて長く検討した。それでもまだ足りない", None),
    ],
)  # fmt: skip
def test_stamps(line: str, found: str | None) -> None:
    page = Page(1, (Block("計画の概要"), Block(line)))
    assert stamps(Extract("pdf", (page, page))) == ((found,) if found else ())
    lines = (Block("計画"),) * 3
    assert stamps(Extract("pdf", (Page(1, lines), Page(2, (*lines, *page.blocks, *lines))))) == ()


def test_a_stamp_is_told_where_the_document_may_be_seen(settings: Settings) -> None:
    for name, head in (("a", ""), ("b", "visibility: 庁内"), ("c", "visibility: 公開")):
        note(settings.corpus / f"{name}.md", head)
        path = settings.corpus / f"{name}.md"
        path.write_text(path.read_text("utf-8").replace("\n\n", "\n\n取扱注意\n\n", 1), "utf-8")
    ingest(settings)
    seen = ledger(settings)
    assert {p: codes(e) for p, e in seen.items()} == {
        "a.md": ["warn.stamped_held"], "b.md": [], "c.md": ["warn.stamped"],
    }  # fmt: skip
    assert {p: e.visibility for p, e in seen.items()} == {
        "a.md": "庁内", "b.md": "庁内", "c.md": "公開",
    }  # fmt: skip
    (settings.corpus / "a.md.yaml").write_text("visibility: 県内\ndecided: upload\n", "utf-8")
    ingest(settings)
    assert ledger(settings)["a.md"].visibility == "県内"  # somebody who saw it chose so


def test_a_value_in_a_table_is_no_stamp() -> None:
    rows = [("データ名", "区分"), ("人口", "公開"), ("台帳", "非公開")]
    blocks = tuple(Block("\t".join(cells), "row", cells, table=0) for cells in rows)
    assert stamps(Extract("csv", (Page(None, blocks),))) == ()
    alone = Block("【部外秘】\t", "row", ("【部外秘】", ""), table=0)
    assert stamps(Extract("csv", (Page(None, (*blocks, alone)),))) == ("部外秘",)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("【庁内限り】契約.docx", "庁内限り"), ("取扱注意_契約.docx", "取扱注意"), ("部外秘/契約.docx", "部外秘"), ("部外秘資料/契約.docx", "部外秘資料"),
        ("庁内/a/契約.md", "庁内"), ("会議（関係者限り）資料.pdf", "関係者限り"), ("非公開 契約.pdf", "非公開"),
        ("部外秘文書の管理.docx", ""), ("庁内業務/RPA.md", ""), ("庁内.md", ""), ("秘書課の予約.md", ""),
    ],
)  # fmt: skip
def test_names_carry_stamps_too(path: str, found: str) -> None:
    assert stamped_path(path) == ((found,) if found else ())


def test_what_lies_in_a_folder_of_that_name_is_seen_by_nobody_else(settings: Settings) -> None:
    folder = settings.corpus / "庁内限り"
    folder.mkdir()
    for name in ("settings.md", "locked.pdf"):
        note(folder / name, "")
    (folder / "locked.pdf").write_bytes(b"%PDF-1.4 broken")
    ingest(settings)
    assert Store.open(settings).ledger(Viewer.of()) == ()
