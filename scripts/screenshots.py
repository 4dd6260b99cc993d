"""Pictures of every screen, made of the real server over the shipped corpus.

    python scripts/screenshots.py [--only NAME]

Those of the guides go to ``web/static/help/``, those of the documentation, in both themes and for a
phone, to ``docs/images/``. Needs Chromium and its driver.
"""

from __future__ import annotations

import argparse
import html
import io
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlencode

from PIL import Image
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from ingest.flow.glance import glance
from kb.base.config import Settings
from kb.documents.batches import looked_at, propose, receive_batch

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs" / "images"
GUIDES = ROOT / "web" / "static" / "help"
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--lang=ja", "--accept-lang=ja",
         "--force-color-profile=srgb", "--disable-dev-shm-usage", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync")  # fmt: skip
WIDE, PHONE = (1280, 860), (390, 844)
COLOURS = 128
GUIDE_SHOTS = ("search", "compare", "municipality", "documents")
TAKA = "283657"
PROPOSED = {
    "総務課 山本": "hokkaido_memuro_counter-experience",
    "農政課 佐々木": "hokkaido_shintotsukawa_skyhub",
}


def main() -> None:
    """Takes all pictures, or one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", help="name of one screen")
    only = parser.parse_args().only
    with tempfile.TemporaryDirectory() as work, server_of(Path(work)) as url:
        screens = {n: a for n, a in _screens(url).items() if only in (None, n)}
        for dark in (False, True):
            with browser_of(Path(work) / f"wide-{dark}", WIDE, dark) as browser:
                for name, address in screens.items():
                    picture = _picture(browser, url + address)
                    _save(picture, DOCS / f"{name}{'-dark' if dark else ''}.png")
                    if name in GUIDE_SHOTS and not dark:
                        _save(picture, GUIDES / f"{name}.png")
        with browser_of(Path(work) / "phone", PHONE, dark=False) as browser:
            for name, address in screens.items():
                _save(_picture(browser, url + address), DOCS / f"{name}-phone.png")


def _screens(url: str) -> dict[str, str]:
    """Name and address of every screen."""
    asked = quote("スマート申請フォームの事例")
    cases = re.findall(r'href="/cases/(\w+)', _get(f"{url}/?q={asked}"))
    chosen = list(dict.fromkeys(cases))[:4]
    taka = re.findall(r'href="/cases/(\w+)', _get(f"{url}/municipalities/{TAKA}"))
    pictured = [case for case in dict.fromkeys(cases) if "/pages/" in _get(f"{url}/cases/{case}")]
    return {
        "home": "/",
        "search": f"/?q={asked}",
        "weak": "/?q=" + quote("桜の開花はいつごろ"),
        "case": f"/cases/{[*taka, *pictured][-1]}?q={asked}",
        "municipality": f"/municipalities/{TAKA}",
        "municipalities": "/municipalities",
        "compare": "/compare?" + "&".join(f"case={case}" for case in chosen),
        "coverage": "/coverage",
        "documents": "/documents",
        "write": "/documents/write",
        "proposals": "/documents/proposals",
        "gap": f"/coverage/gap?field={quote('農林水産')}&population_to=5000",
        "collection": f"/collection?name={quote('窓口の見学')}&"
        + "&".join(f"case={case}" for case in chosen),
        "works": "/works",
        "work": (work := _begun(url)),
        "paper": f"{work}/paper",
        "help": "/help",
        "about": "/about",
    }


CONSULTATION = """【相談票】
・生成AIを使いたいが情報漏れが心配で使い方の決まりがない
・職員が少なく、起案や決裁の紙の回覧に日数がかかる
【予算】300万円まで"""


def _begun(url: str) -> str:
    """Address of a piece of advice with two precedents."""
    address = _post(f"{url}/works", {"name": "奈良県東吉野村", "asked": CONSULTATION})
    for choice in re.findall(r'value="(choose:[^"]+)"', _get(address))[::3][:2]:
        _post(address, {"action": html.unescape(choice)})
    return address.removeprefix(url)


def _proposed(settings: Settings) -> None:
    """Two notes that colleagues sent and no editor has decided about."""
    for who, name in PROPOSED.items():
        with (ROOT / "corpus" / "notes" / f"{name}.md").open("rb") as note:
            batch = receive_batch(settings, who, [(f"{name}.md", note)])
        propose(settings, replace(looked_at(settings, batch, glance), wanted="県内"))


def _post(address: str, form: dict[str, str]) -> str:
    """The address that a form leads to."""
    with urllib.request.urlopen(address, urlencode(form).encode(), timeout=60) as answer:
        return str(answer.url).partition("#")[0]


@contextmanager
def server_of(work: Path) -> Iterator[str]:
    """Address of a real server over the shipped corpus, when all of it has been read."""
    dxkb = [sys.executable, "-m", "dxkb"]
    corpus, data = str(ROOT / "corpus"), ["--data", str(work / "data")]
    subprocess.run([*dxkb, "ingest", corpus, *data], cwd=ROOT, check=True, capture_output=True)
    _proposed(Settings(data=work / "data"))
    command = [*dxkb, "serve", "--port", "0", "--no-watch", *data, "--corpus", corpus]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, encoding="utf-8") as server:
        assert server.stderr is not None
        line = next(line for line in server.stderr if "http://" in line)
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found, line
        try:
            while '"ingesting":true' in _get(f"{found[0]}/healthz").replace(" ", ""):
                time.sleep(1)
            yield found[0]
        finally:
            server.terminate()


@contextmanager
def browser_of(
    profile: Path, size: tuple[int, int], dark: bool, logging: bool = False
) -> Iterator[Chrome]:
    """Chromium with a fresh profile and a view of that size."""
    options = ChromeOptions()
    options.binary_location = _program("chromium", "chromium-browser", "google-chrome")
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    if logging:
        options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
    browser = Chrome(options=options, service=Service(_program("chromedriver")))
    try:
        width, height = size
        view = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", view)
        theme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [theme]})
        yield browser
    finally:
        browser.quit()


def _picture(browser: Chrome, address: str) -> bytes:
    browser.get(address)
    time.sleep(0.5)
    return browser.get_screenshot_as_png()


def _save(picture: bytes, target: Path) -> None:
    """In few colours, which a screen has anyway, so that the file is small."""
    target.parent.mkdir(parents=True, exist_ok=True)
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)
    print(f"{target.relative_to(ROOT)} {target.stat().st_size / 1024:.0f} KB")


def _get(address: str) -> str:
    with urllib.request.urlopen(address) as answer:
        return str(answer.read().decode())


def _program(*names: str) -> str:
    found: Sequence[str] = [path for name in names if (path := shutil.which(name))]
    if not found:
        raise SystemExit(f"{names[0]} is not installed")
    return found[0]


if __name__ == "__main__":
    main()
