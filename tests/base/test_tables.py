"""Tables kept by hand: what is right is read, what is wrong is named with file and line."""

from pathlib import Path

import pytest

from kb.base.errors import UsageError
from kb.base.tables import read_table

COLUMNS = ("名前", "ほかの書き方", "重み")


def _table(folder: Path, text: str) -> Path:
    path = folder / "words.tsv"
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_are_read_and_remarks_left_out(tmp_path: Path) -> None:
    path = _table(
        tmp_path, "\ufeff# 出典: 手元の一覧\r\n\r\n窓口\tカウンター| 受付 |\t1.5\r\n庁内 \r\n"
    )
    first, second = read_table(path, COLUMNS, least=1)
    assert first.cells == ("窓口", "カウンター| 受付 |", "1.5")
    assert (first.words(1), first.number(2), first.line) == (("カウンター", "受付"), 1.5, 3)
    assert (second.cells, second.words(1)) == (("庁内", "", ""), ())


@pytest.mark.parametrize("bad", ["\t書き方\t1", "窓口\tカウンター", "窓口\tカウンター\t1\t2"])
def test_a_bad_line_is_named_with_what_belongs_there(tmp_path: Path, bad: str) -> None:
    path = _table(tmp_path, f"# 一覧\n庁内\t役所\t1\n{bad}\n")
    with pytest.raises(UsageError) as caught:
        read_table(path, COLUMNS)
    assert str(path) in caught.value.message()
    assert "3行目" in caught.value.message()
    assert "名前、ほかの書き方、重み" in caught.value.message()
    assert f"Line 3 of {path}" in caught.value.message("en")


def test_a_word_for_a_number_is_named(tmp_path: Path) -> None:
    (row,) = read_table(_table(tmp_path, "窓口\t受付\t一\n"), COLUMNS)
    with pytest.raises(UsageError, match=r"1行目.*「一」は数ではありません"):
        row.number(2)


@pytest.mark.parametrize("content", [None, "窓口\t受付\t1\n".encode("shift_jis")])
def test_a_table_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "words.tsv"
    if content:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=r"words\.tsv.*UTF-8"):
        read_table(path, COLUMNS)
