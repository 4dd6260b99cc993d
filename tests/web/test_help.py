"""The guides and the page about the product."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from PIL import Image

from kb import __version__
from kb.base.config import Settings
from kb.base.libraries import libraries
from tests.paths import ROOT


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_guides_show_real_pictures_that_are_there(client: FlaskClient, lang: str) -> None:
    page = client.get(f"/help?lang={lang}").get_data(as_text=True)
    pictures = re.findall(r'<img src="([^"]+)" alt="([^"]+)"', page)
    assert len(pictures) == 4
    for address, alt in pictures:
        with client.get(address, buffered=True) as answer:
            assert answer.status_code == 200
            assert answer.mimetype == "image/png"
        assert alt
    for part in ("search", "advise", "add", "tips"):
        assert f'id="{part}"' in page
        assert f'href="#{part}"' in page


def test_the_pictures_are_sharp_and_small() -> None:
    for path in (ROOT / "web" / "static" / "help").glob("*.png"):
        with Image.open(path) as image:
            assert image.size == (1280, 860)
        assert path.stat().st_size < 150_000


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_page_about_the_product_names_versions_model_and_licences(
    client: FlaskClient, world: Settings, lang: str
) -> None:
    page = client.get(f"/about?lang={lang}").get_data(as_text=True)
    assert __version__ in page
    assert "dxkb-static-ja-en-v2" in page
    assert "CC BY-SA 4.0" in page
    assert "fugashi" in page


def test_every_library_tells_its_licence_and_none_forbids_our_use() -> None:
    found = libraries()
    assert len(found) >= 18
    for library in found:
        assert library.licence, library.name
        assert "AGPL" not in library.licence


def test_every_page_leads_to_the_guides(client: FlaskClient) -> None:
    for address in ("/", "/documents", "/coverage", "/nothing"):
        assert 'href="/help"' in client.get(address).get_data(as_text=True)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_guide_says_what_the_screens_say(client: FlaskClient, lang: str) -> None:
    page = client.get(f"/help?lang={lang}").get_data(as_text=True)
    button = {"ja": "「いますぐ確認する」", "en": "“Export to Word”"}[lang]
    assert button in page
    for gone in (
        "もう一度確認する",
        "多可町の10ページ",
        "どの欄にもページ",
        "docs/lexicon.md",
        "every cell with its page",
    ):
        assert gone not in page
