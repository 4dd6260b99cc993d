"""Which side of the cases a question asks about, and whether it asks about nothing else."""

from __future__ import annotations

import pytest

from kb.query import understand


@pytest.mark.parametrize(
    ("question", "aspects", "is_alone"),
    [
        ("失敗した事例", ["失敗"], True),
        ("うまくいかなかった取組を知りたい", ["失敗"], True),
        ("What went wrong?", ["失敗"], True),
        ("LINEの通報をやめた理由", ["失敗", "理由"], False),
        ("住民に反対されたときどうした", ["反対"], True),
        ("議会の反発", ["反対"], True),
        ("カメラへの苦情にどう対応した", ["反対"], False),
        ("何から始めればいい", ["始め方"], True),
        ("まず何から手を付けるか", ["始め方"], True),
        ("Where should we start?", ["始め方"], True),
        ("how do we get started with chatbots", ["始め方"], False),
        ("予算が少なくてもできること", ["少ない費用"], True),
        ("お金をかけずにできる事例", ["少ない費用"], True),
        ("cheap ways to watch over the elderly", ["少ない費用"], False),
        ("自動運転バスっていくらかかった", ["いくら"], False),
        ("How much did the self-driving bus cost?", ["いくら"], False),
        ("電子契約、誰がやっているのか", ["誰が"], False),
        ("who runs the demand bus", ["誰が"], False),
        ("RPAで何時間減ったか", ["効果"], False),
        ("多可町の予防接種", [], False),
        ("書かない窓口", [], False),
        ("一人暮らしの高齢者の見守り", [], False),
        ("コンビニ交付", [], False),
        ("whole town drills", [], False),
        ("市民の反応が悪かった取組", ["反対"], True),
        ("利用者の評判がよくなかった事例", ["反対"], True),
        ("水に反応するセンサー", [], False),
        ("お試しで終わってしまったもの", ["失敗"], True),
        ("本格運用に移らなかった見守り", ["失敗"], False),
        ("予想より登録が少なかったアプリ", ["失敗"], False),
        ("システムの入れ替えで負担がかえって増えた", ["失敗"], False),
        ("誤送信で謝罪した", ["事故"], False),
        ("委託先の事故", ["事故"], False),
        ("個人情報の漏えい", ["事故"], False),
        ("交通事故を減らす", [], False),
        ("障害者手帳のアプリ", [], False),
        ("クラウドに踏み切った決め手", ["理由"], False),
        ("割高になってしまった事例", ["失敗"], True),
    ],
)
def test_aspects(question: str, aspects: list[str], is_alone: bool) -> None:
    found = understand(question)
    assert ([one.name for one in found.aspects], found.is_aspect) == (aspects, is_alone)
    assert not found.browsing
