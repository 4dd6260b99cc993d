"""Names of municipalities as English writes them."""

from __future__ import annotations

import pytest

from kb.places.gazetteer import load_gazetteer


@pytest.mark.parametrize(
    ("name", "english"),
    [
        ("兵庫県多可町", "Taka Town"),
        ("高知市", "Kōchi City"),
        ("大津市", "Ōtsu City"),
        ("豊岡市", "Toyooka City"),
        ("勝浦市", "Katsuura City"),
        ("新温泉町", "Shin'onsen Town"),
        ("東大阪市", "Higashiōsaka City"),
        ("周防大島町", "Suōōshima Town"),
        ("新宮市", "Shingū City"),
        ("那智勝浦町", "Nachikatsuura Town"),
        ("滝上町", "Takinoue Town"),
        ("西之表市", "Nishinoomote City"),
        ("八王子市", "Hachiōji City"),
        ("十日町市", "Tōkamachi City"),
        ("小郡市", "Ogōri City"),
        ("遠野市", "Tōno City"),
        ("龍ケ崎市", "Ryūgasaki City"),
        ("世田谷区", "Setagaya Ward"),
        ("高知県日高村", "Hidaka Village"),
        ("神戸市", "Kobe City"),
        ("大阪市", "Osaka City"),
        ("京都市", "Kyoto City"),
        ("東京都", "Tokyo"),
        ("北海道", "Hokkaido"),
        ("札幌市中央区", "Chūō Ward, Sapporo City"),
    ],
)
def test_english_names(name: str, english: str) -> None:
    gazetteer = load_gazetteer()
    assert gazetteer.english(gazetteer.find(name)[0].code) == english


def test_every_place_has_one_in_latin_letters() -> None:
    gazetteer = load_gazetteer()
    names = [gazetteer.english(place.code) for place in gazetteer.places()]
    plain = str.maketrans("ŌōŪū", "OoUu")
    assert all(name and name.translate(plain).isascii() for name in names)
    assert gazetteer.english("") == ""
