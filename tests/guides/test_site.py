"""The guides as a site: it builds without a network, nothing in it comes from outside, and no link leads nowhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urldefrag

import lxml.html
import pytest

from tests.paths import ROOT
from tests.support.guides import DOCUMENTS

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_no_page_loads_anything_from_outside(site: Path) -> None:
    outside = re.compile(r"^(?:https?:)?//")
    for page in site.glob("*.html"):
        for node in lxml.html.parse(page).iter("script", "link", "img", "iframe", "source"):
            address = node.get("src") or node.get("href") or ""
            assert not outside.match(address), f"{page.name}: {address}"
    for style in site.rglob("*.css"):
        assert not re.search(r"url\(['\"]?(?:https?:)?//|@import", style.read_text("utf-8")), style


def test_no_link_within_the_site_leads_nowhere(site: Path) -> None:
    pages = {page: lxml.html.parse(page).getroot() for page in site.glob("*.html")}
    pages.pop(site / "404.html", None)  # of a server, whose root it does not know
    wrong = []
    for page, root in pages.items():
        for link in (*root.xpath("//a/@href"), *root.xpath("//img/@src")):
            address, anchor = urldefrag(link)
            if re.match(r"[a-z]+:", address):
                continue
            target = page if not address else (page.parent / unquote(address)).resolve()
            if not target.is_file() or (
                anchor
                and target in pages
                and not pages[target].xpath("//*[@id=$id]", id=unquote(anchor))
            ):
                wrong.append(f"{page.name}: {link}")
    assert wrong == []


def test_every_page_is_reached_from_the_first(site: Path) -> None:
    first = lxml.html.parse(site / "index.html").getroot()
    led = {urldefrag(link)[0] for link in first.xpath("//a/@href")}
    assert {page.name for page in site.glob("*.html")} - led <= {"404.html"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_link_in_the_tree_leads_nowhere(document: Path) -> None:
    for link in _LINK.findall(document.read_text(encoding="utf-8")):
        address = urldefrag(link)[0]
        if address and not re.match(r"[a-z]+:", address):
            assert (document.parent / unquote(address)).exists(), link
