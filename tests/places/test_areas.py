"""Parts of prefectures: the table against the gazetteer."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from kb.base.errors import UsageError
from kb.base.tables import read_table
from kb.places import areas as parts
from kb.places.areas import areas, members
from kb.places.gazetteer import load_gazetteer

TABLE = Path(parts.__file__).parent / "data" / "areas.tsv"
COLUMNS = ("label", "English", "named", "Japanese names", "prefecture", "municipalities")
ROWS = read_table(TABLE, COLUMNS)

DIVIDED = {
    "北海道": "石狩 空知 後志 渡島 檜山 胆振 北海道日高 上川 留萌 宗谷 オホーツク 十勝 釧路 根室",
    "青森県": "津軽 上十三 下北 三八",
    "岩手県": "岩手県央 岩手県南 岩手県沿岸 岩手県北",
    "山形県": "村山 最上 置賜 庄内",
    "福島県": "会津 中通り 浜通り",
    "新潟県": "上越 中越 下越 佐渡市",
    "富山県": "呉西 呉東",
    "石川県": "能登 加賀",
    "福井県": "嶺北 嶺南",
    "山梨県": "中北 峡東 峡南 富士・東部",
    "長野県": "北信 東信 中信 南信",
    "岐阜県": "美濃 飛騨",
    "愛知県": "尾張 三河",
    "三重県": "北勢 伊賀 中南勢 伊勢志摩 東紀州",
    "滋賀県": "湖北 湖東 東近江 湖南 甲賀 大津市 高島市",
    "京都府": "京都市 山城 南丹 中丹 丹後",
    "大阪府": "大阪市 北摂 河内 泉州",
    "兵庫県": "神戸 阪神南 阪神北 東播磨 北播磨 中播磨 西播磨 但馬 丹波 淡路",
    "鳥取県": "鳥取県東部 鳥取県中部 鳥取県西部",
    "島根県": "出雲 石見 隠岐",
    "岡山県": "備前 備中 美作",
    "愛媛県": "東予 中予 南予",
}
"""Prefectures that the table divides wholly: into parts, and municipalities that are none's."""


@pytest.mark.parametrize("prefecture", DIVIDED)
def test_the_parts_of_a_prefecture_are_apart_and_all_of_it(prefecture: str) -> None:
    here = {p.name: p.code for p in load_gazetteer().municipalities(prefecture)}
    codes = [
        code
        for name in DIVIDED[prefecture].split()
        for code in ([here[name]] if name in here else members(name))
    ]
    assert Counter(codes) == Counter(here.values())


def test_every_municipality_of_a_part_lies_in_its_prefecture_and_once() -> None:
    for row in ROWS:
        codes = members(row.cells[0])
        assert len(codes) == len(set(codes)) > 0, row.cells[0]
        places = [load_gazetteer().by_code(code) for code in codes]
        assert {p.prefecture for p in places if p} == {row.cells[4]}, row.cells[0]


def test_every_part_is_found_by_all_its_names_and_no_two_are_called_alike() -> None:
    for row in ROWS:
        for name in row.words(3, " "):
            said = f"{row.cells[4]}の{name}地域"
            assert [(a.label, a.start) for a in areas(said)] == [(row.cells[0], 0)], said
        english = f"{row.cells[1]} region"
        assert [a.label_en for a in areas(english.lower())] == [row.cells[1]], english
    for column in (0, 1):
        labels = Counter(row.cells[column] for row in ROWS)
        assert labels.most_common(1)[0][1] == 1


def test_a_name_of_the_table_that_its_prefecture_does_not_have_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = tmp_path / "areas.tsv"
    wrong.write_text("但馬\tTajima\talone\t但馬\t兵庫県\t豊岡市 高島市\n", encoding="utf-8")
    monkeypatch.setattr(parts, "_DATA", wrong)
    parts._rows.cache_clear()
    try:
        with pytest.raises(UsageError, match="高島市"):
            members.__wrapped__("但馬")
    finally:
        monkeypatch.undo()
        parts._rows.cache_clear()
