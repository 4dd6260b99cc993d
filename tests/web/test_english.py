"""The English screens: whatever is not quoted from a document, and marked as Japanese, is English."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient

from kb.base.messages import catalogue, message
from web.app import create_app
from web.services import Activity, Services

SENTENCE = re.compile(r"。|(?:です|ます|ました|ません|ください)$")
"""The end of a sentence; titles of documents and what was asked stand in labels, but end otherwise."""
OURS = {forms for _, forms in catalogue("page", "ja")} - {
    forms for _, forms in catalogue("page", "en")
}
"""What the Japanese screens say."""
SPOKEN = ("alt", "title", "aria-label", "placeholder", "content")
VOID = frozenset(["area", "base", "br", "col", "hr", "img", "input", "link", "meta", "wbr"])


class _Page(HTMLParser):
    """Gathers what a page says in English: texts and spoken attributes outside ``lang="ja"``."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.links: list[str] = []
        self._languages: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        language = given.get("lang", self._language())
        if tag not in VOID:
            self._languages.append((tag, language))
        if language == "en":
            self.said += [given[name] for name in SPOKEN if name in given]
        if tag == "a":
            self.links.append(given.get("href", ""))

    def handle_endtag(self, tag: str) -> None:
        while self._languages and self._languages.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._language() == "en":
            self.said.append(data)

    def _language(self) -> str:
        return self._languages[-1][1] if self._languages else ""


def read(client: FlaskClient, address: str) -> _Page | None:
    """The page at ``address``; None when that is a file or another address."""
    with client.get(address) as answer:
        if answer.mimetype != "text/html" or answer.status_code in (301, 302, 303, 308):
            return None
        page = _Page()
        page.feed(answer.get_data(as_text=True))
        return page


def japanese(page: _Page) -> list[str]:
    return [
        said.strip()
        for said in page.said
        if SENTENCE.search(said.strip()) or (said.strip(),) in OURS
    ]


@pytest.fixture
def english(services: Services) -> FlaskClient:
    """An English reader while an ingest has just ended badly."""
    failed = Activity(problem=message("store.corpus_missing", corpus="corpus"))
    client = create_app(replace(services, activity=lambda: failed)).test_client()
    client.get("/?lang=en")
    return client


def test_whoever_opens_a_page_first_does_not_choose_its_language_for_all(
    services: Services,
) -> None:
    client = create_app(services).test_client()
    for lang, told, other in (("ja", "年度", "Fiscal year"), ("en", "Fiscal year", "年度")):
        page = client.get("/", query_string={"q": "申請", "lang": lang}).text
        assert f"<legend>{told}</legend>" in page
        assert f"<legend>{other}</legend>" not in page


def test_every_page_is_english(english: FlaskClient) -> None:
    """The pages that links lead to from here, a few of each kind."""
    todo = [
        "/", "/?q=申請&sort=newest", "/?q=宇宙エレベーター", "/?q=豊岡のドローン", "/documents", "/coverage", "/help",
        "/compare", "/no/such/page", "/?q=申請&year_from=x", "/?q=-申請",
    ]  # fmt: skip
    kinds: Counter[str] = Counter()
    found: dict[str, list[str]] = {}
    done: set[str] = set()
    while todo:
        address = todo.pop(0)
        kind = re.sub(r"[0-9a-f]{6,}|\d+", "*", address.partition("?")[0]) + "?" * ("?" in address)
        if address in done or kinds[kind] >= 4:
            continue
        done.add(address)
        kinds[kind] += 1
        if page := read(english, address):
            found |= {address: said} if (said := japanese(page)) else {}
            todo += [at for at in page.links if at.startswith("/") and "lang=" not in at]
    assert len(kinds) > 10
    assert not found


@pytest.mark.parametrize(
    ("liked", "chosen", "language"),
    [
        ("en-US,en;q=0.9,ja;q=0.5", "", "en"),
        ("ja,en;q=0.8", "", "ja"),
        ("fr-FR,fr;q=0.9", "", "ja"),
        ("", "", "ja"),
        ("en-US", "ja", "ja"),
        ("ja", "en", "en"),
    ],
)
def test_the_first_visit_is_in_the_language_of_the_browser(
    services: Services, liked: str, chosen: str, language: str
) -> None:
    client = create_app(services).test_client()
    if chosen:
        client.set_cookie("lang", chosen)
    with client.get("/", headers={"Accept-Language": liked} if liked else {}) as answer:
        assert f'<html lang="{language}"' in answer.text
        assert "Accept-Language" in answer.headers["Vary"]


def test_municipalities_have_their_english_names_beside_the_japanese(services: Services) -> None:
    client = create_app(services).test_client()
    for address in ("/?q=多可町&", "/municipalities?", "/municipalities/283657?"):
        assert "Taka Town" in client.get(f"{address}lang=en").text
        assert "Taka Town" not in client.get(f"{address}lang=ja").text
