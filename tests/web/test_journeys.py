"""Three people's whole ways through the screens, by keyboard and by mouse, on a desk and a phone."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests.support.waiting import until
from tests.web.test_browser import (  # noqa: F401
    Open,
    comes_to_say,
    folder,
    goes_on,
    is_within,
    open_browser,
    press,
    requested,
    seen,
    settled,
    text_of,
    url,
    violations,
)

WAYS = [(hand, width) for hand in ("keyboard", "mouse") for width in (1280, 390)]
every_way = pytest.mark.parametrize(("hand", "width"), WAYS, ids=[f"{h}-{w}" for h, w in WAYS])


class Person:
    """Somebody at a browser with one hand: every press is counted."""

    def __init__(self, browser: Chrome, hand: str, url: str) -> None:  # noqa: F811
        self.browser = browser
        self.url = url
        self.presses = 0
        self._by_keyboard = hand == "keyboard"

    def goes_to(self, address: str) -> None:
        """As from a bookmark."""
        self.browser.get(self.url + address)
        settled(self.browser)

    def sees(self, selector: str) -> list[WebElement]:
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def presses_on(self, selector: str, *, stays: bool = False) -> str:
        """Activates the first match and says what it was; waits for the next page unless it
        ``stays`` on this one."""
        element = self._reach(selector)
        told = self.reads(selector) or str(element.get_attribute("aria-label"))
        self.presses += 1

        def activate() -> None:
            if self._by_keyboard:
                press(self.browser, Keys.ENTER)
            else:
                ActionChains(self.browser).click(element).perform()

        if stays:
            activate()
        else:
            goes_on(self.browser, activate)
        return told

    def reads(self, selector: str) -> str:
        """What the first match says."""
        return text_of(self.browser, selector)

    def writes(self, selector: str, text: str, *, sends: bool = False) -> None:
        """Replaces what stands in a field; ``sends`` ends with Enter."""
        element = self._reach(selector)
        if not self._by_keyboard:
            ActionChains(self.browser).click(element).perform()
        everything = ActionChains(self.browser).key_down(Keys.CONTROL).send_keys("a")
        everything.key_up(Keys.CONTROL).perform()
        press(self.browser, text)
        if sends:
            goes_on(self.browser, lambda: press(self.browser, Keys.ENTER))
            self.presses += 1

    def leaves_nothing_behind(self) -> None:
        """The page is accessible, fits, and asked nobody outside."""
        assert violations(self.browser) == []
        assert self.browser.execute_script(
            "return document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
        assert {a for a in requested(self.browser) if not is_within(a, self.url)} == set()

    def _reach(self, selector: str) -> WebElement:
        element = seen(self.browser, selector)[0]
        if not self._by_keyboard:
            self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
            return element
        for _ in range(150):
            if self.browser.execute_script(
                "return document.activeElement === document.querySelector(arguments[0])", selector
            ):
                return seen(self.browser, selector)[0]
            press(self.browser, Keys.TAB)
        raise AssertionError(f"{selector} cannot be reached with Tab")


def downloaded(where: Path, suffix: str) -> bytes:
    """The file that came, when it is whole."""
    whole = until(lambda: [p for p in where.glob(f"*{suffix}") if p.stat().st_size])
    return whole[0].read_bytes()


@pytest.fixture
def person(open_browser: Open, url: str, tmp_path: Path) -> Callable[[str, int], Person]:  # noqa: F811
    def enter(hand: str, width: int) -> Person:
        browser = open_browser(width=width)
        (tmp_path / "got").mkdir()
        browser.execute_cdp_cmd(
            "Browser.setDownloadBehavior",
            {"behavior": "allow", "downloadPath": str(tmp_path / "got")},
        )
        return Person(browser, hand, url)

    return enter


@every_way
def test_a_clerk_asks_narrows_reads_and_opens_the_page(
    person: Callable[[str, int], Person], hand: str, width: int
) -> None:
    clerk = person(hand, width)
    clerk.goes_to("/")
    clerk.writes("#q", "人口10万人以下の市の電子申請", sends=True)
    assert clerk.sees(".chips.understood li a")
    before = len(clerk.sees(".chips li a"))
    clerk.presses_on(".options a")
    assert len(clerk.sees(".chips li a")) > before
    clerk.presses_on(".chips li a")
    title = clerk.presses_on(".card h3 a")
    assert clerk.reads("h1") == title
    assert clerk.presses <= 4
    clerk.leaves_nothing_behind()
    source = clerk.sees("a.file")[0].get_attribute("href")
    assert "/source" in str(source)
    clerk.presses_on(".trail a")
    assert clerk.sees(".card")
    assert clerk.presses <= 6
    clerk.leaves_nothing_behind()


@every_way
def test_a_liaison_starts_from_a_need_and_hands_over_word_and_excel(
    person: Callable[[str, int], Person], hand: str, width: int, tmp_path: Path
) -> None:
    """The way that the guide describes, in under ten presses."""
    liaison = person(hand, width)
    liaison.goes_to("/")
    liaison.writes("#q", "多可町 スマート申請", sends=True)
    assert "多可町" in liaison.reads(".card")
    liaison.presses_on(".card button:not(.on)")
    liaison.writes("#q", "スマート申請フォームの事例", sends=True)
    for _ in range(3):
        liaison.presses_on(".card button:not(.on)")
    liaison.presses_on(".top a[href='/compare']")
    assert len(liaison.sees("thead th")) == 4
    liaison.leaves_nothing_behind()
    liaison.writes("#title", "多可町への助言")
    liaison.writes("#remark", "まずは見学から。")
    liaison.presses_on(".exports button:not([formaction])", stays=True)
    assert liaison.presses < 10
    paragraphs = [
        p.text for p in Document(io.BytesIO(downloaded(tmp_path / "got", ".docx"))).paragraphs
    ]
    assert paragraphs[0] == "多可町への助言"
    assert "まずは見学から。" in paragraphs
    assert any(text.startswith("[1] ") for text in paragraphs)
    liaison.presses_on(".exports button[formaction$='xlsx']", stays=True)
    book = openpyxl.load_workbook(io.BytesIO(downloaded(tmp_path / "got", ".xlsx")))
    assert book["比較"].max_row == 5


@every_way
def test_a_liaison_reads_what_a_town_needs_and_who_answers_it(
    person: Callable[[str, int], Person], hand: str, width: int
) -> None:
    liaison = person(hand, width)
    liaison.goes_to("/")
    liaison.presses_on(".top a[href='/municipalities']")
    liaison.writes("#name", "多可町", sends=True)
    assert "多可町" in liaison.reads("h1")
    assert liaison.sees(".need blockquote")
    liaison.leaves_nothing_behind()
    precedent = liaison.presses_on(".precedents a")
    assert liaison.reads("h1") == precedent
    assert "多可町" not in liaison.reads("article header")


SHELTERS = "避難所の受付に時間がかかり避難者の数がつかめない"


@pytest.mark.parametrize(
    ("hand", "width", "towns"),
    [
        ("keyboard", 1280, (("多可町", ""), ("東洋町", SHELTERS))),
        ("mouse", 390, (("大豊町", SHELTERS),)),  # what was begun for a town stays with it
    ],
)
def test_a_liaison_hands_a_brief_to_any_town(
    person: Callable[[str, int], Person],
    hand: str,
    width: int,
    towns: tuple[tuple[str, str], ...],
    tmp_path: Path,
) -> None:
    """A town with a document, a village without, a city that sent a consultation."""

    def takes_word() -> list[str]:
        for file in (tmp_path / "got").glob("*.docx"):
            file.unlink()
        liaison.leaves_nothing_behind()
        liaison.presses_on(".exports button[formaction$='docx']", stays=True)
        document = Document(io.BytesIO(downloaded(tmp_path / "got", ".docx")))
        marks = set(document.element.body.xpath(".//w:bookmarkStart/@w:name"))
        assert set(document.element.body.xpath(".//w:hyperlink/@w:anchor")) <= marks
        return [p.text for p in document.paragraphs]

    liaison = person(hand, width)
    for town, need in towns:
        liaison.presses = 0
        liaison.goes_to("/")
        liaison.presses_on(".top a[href='/municipalities']")
        liaison.writes("#name", town, sends=True)
        if need:
            liaison.writes("#need", need, sends=True)
        liaison.leaves_nothing_behind()
        liaison.presses_on(".precedents button[formaction]")
        liaison.presses_on(".begun a")
        told = takes_word()
        assert liaison.presses < 25
        assert any(text.startswith("宛先: ") and town in text for text in told)
        assert "財政担当から問われること" in told
        assert not need or need in told
    liaison.presses = 0
    liaison.goes_to("/")
    liaison.presses_on(".top a[href='/works']")
    liaison.writes("#name", "兵庫県加西市")
    liaison.writes("#asked", "窓口で同じ住所を何度も書くため、待ち時間が長いと苦情が多い。")
    liaison.presses_on(".begin button")
    liaison.presses_on(".precedents button")
    liaison.writes("#author", "県 山田")
    told = takes_word()
    assert liaison.presses < 25
    assert "作成: 県 山田" in told
    assert "窓口で同じ住所を何度も書くため、待ち時間が長いと苦情が多い。" in told


@pytest.mark.parametrize(("hand", "width"), [("keyboard", 390), ("mouse", 1280)])
def test_somebody_writes_a_case_finds_it_and_takes_it_back(
    person: Callable[[str, int], Person],
    hand: str,
    width: int,
    folder: Path,  # noqa: F811
) -> None:
    title = f"蛍の見守り{hand}{width}を電子申込みに替えた"
    writer = person(hand, width)
    writer.goes_to("/")
    writer.presses_on(".top a[href='/documents']")
    writer.presses_on("a[href='/documents/write']")
    writer.writes("#title", title)
    writer.writes("#municipality", "ない町")
    assert seen(writer.browser, "[data-looked]:not([hidden]) li")
    writer.writes("#municipality", "兵庫県豊岡市")
    press(writer.browser, Keys.ESCAPE)
    writer.writes("#measure", "蛍の見守りの申込みを紙から電子申請に替えた。")
    until(lambda: "出典" in writer.reads("[data-looked]"))
    writer.goes_to("/documents/write")  # the draft is there, and has been looked at
    until(lambda: "出典" in writer.reads("[data-looked]"))
    writer.leaves_nothing_behind()
    writer.sees("#who-1")[0].send_keys(Keys.SPACE)
    writer.presses_on(".go button")
    writer.leaves_nothing_behind()
    writer.presses_on(".go button")
    undo = writer.browser.current_url.removeprefix(writer.url)
    assert writer.presses <= 5
    assert seen(writer.browser, "[data-part=read] .state a")
    comes_to_say(writer.browser, f"{writer.url}/?q=蛍の見守り{hand}{width}", ".card h3", title)
    writer.goes_to(undo)
    writer.presses_on(".go button")
    assert title in writer.reads(".files .name"), "it lies in the trash"

    def is_gone() -> bool:
        writer.goes_to(f"/?q=蛍の見守り{hand}{width}")
        return title not in writer.reads("main").removeprefix(title)

    until(is_gone)
    assert not list((folder / "corpus" / "uploads").glob(f"*{hand}{width}*.md"))


@pytest.mark.parametrize(("hand", "width"), [("keyboard", 1280), ("mouse", 390)])
def test_somebody_adds_a_note_finds_it_and_corrects_it(
    person: Callable[[str, int], Person],
    hand: str,
    width: int,
    tmp_path: Path,
    folder: Path,  # noqa: F811
) -> None:
    name = f"star-{hand}-{width}.md"
    note = tmp_path / name
    note.write_text(
        f"---\ntitle: 彗星観測会{hand}{width}の受付\n---\n## 取組\n\n多可町は彗星観測会の申込みを電子化した。\n",
        encoding="utf-8",
    )
    adder = person(hand, width)
    adder.goes_to("/")
    adder.presses_on(".top a[href='/documents']")
    adder.sees("#files")[0].send_keys(str(note))
    adder.presses_on(".drop button")
    adder.leaves_nothing_behind()
    adder.sees("#who-1")[0].send_keys(Keys.SPACE)
    adder.presses_on(".go button")
    assert name in adder.reads("[data-part=read]")
    assert seen(adder.browser, "[data-part=read] .state a")
    adder.leaves_nothing_behind()
    found = f"{adder.url}/?q=彗星観測会{hand}{width}"
    comes_to_say(adder.browser, found, ".card h3", f"彗星観測会{hand}{width}")
    adder.presses_on(".top a.brand")
    adder.writes("#q", f"彗星観測会{hand}{width}", sends=True)
    assert f"彗星観測会{hand}{width}" in adder.presses_on(".card h3 a")
    adder.presses_on(".corrections summary", stays=True)
    adder.writes("#correct-year", "2021")
    adder.presses_on(".corrections form button")
    assert "記録しました" in adder.reads(".corrections .notice")
    adder.leaves_nothing_behind()

    comes_to_say(adder.browser, adder.browser.current_url, ".facts dl", "2021年度")
    assert (folder / "corpus" / "uploads" / f"{name}.yaml").is_file()


@pytest.mark.parametrize("width", [1280, 390])
def test_what_was_not_found_is_recorded_and_listed(
    person: Callable[[str, int], Person], width: int
) -> None:
    clerk = person("mouse", width)
    clerk.goes_to("/")
    clerk.writes("#q", "桜の開花はいつごろ", sends=True)
    clerk.leaves_nothing_behind()
    clerk.presses_on(".notice form button")
    clerk.presses_on(".notice [role=status] a")
    assert "桜の開花はいつごろ" in clerk.reads("#questions")
    clerk.leaves_nothing_behind()
