"""What the search page costs in Chromium: ``python -m benchmarks.screens``.

Over the shipped corpus, a first view with an empty cache: bytes over the wire, requests, layout
shift; then, over several questions, milliseconds from Enter to the painted answer.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import tempfile
import time
from pathlib import Path

from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from scripts.screenshots import PHONE, WIDE, browser_of, server_of
from web.pages.search import EXAMPLES

ROUNDS = 5
_SHIFT = """
const done = arguments[0]; let sum = 0;
new PerformanceObserver(list => { for (const e of list.getEntries()) sum += e.value; })
  .observe({type: 'layout-shift', buffered: true});
setTimeout(() => done(sum), 500);
"""
_PAINTED = "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"


def main() -> None:
    """Prints the figures for both widths."""
    print(f"{platform.machine()}, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as work, server_of(Path(work)) as url:
        for name, size in (("1280 px", WIDE), ("390 px", PHONE)):
            with browser_of(Path(work) / name, size, dark=False, logging=True) as browser:
                browser.get(url)
                time.sleep(1)
                size_kb, requests = _carried(browser, url)
                shift = browser.execute_async_script(_SHIFT)
                times = [_answered(browser, url, q) for q in EXAMPLES for _ in range(ROUNDS)]
                print(
                    f"{name}: first view {size_kb:.1f} KB in {requests} requests, layout shift "
                    f"{shift:.3f}, answer painted after {statistics.median(times):.0f} ms "
                    f"(median of {len(times)}, longest {max(times):.0f})"
                )


def _carried(browser: Chrome, url: str) -> tuple[float, int]:
    """Kilobytes from our server as encoded on the wire, and how many requests."""
    entries = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    answered = [e["params"] for e in entries if e["method"] == "Network.responseReceived"]
    ours = {e["requestId"] for e in answered if e["response"]["url"].startswith(url)}
    done = [e["params"] for e in entries if e["method"] == "Network.loadingFinished"]
    sizes = [e["encodedDataLength"] for e in done if e["requestId"] in ours]
    return sum(sizes) / 1024, len(sizes)


def _answered(browser: Chrome, url: str, question: str) -> float:
    """Milliseconds from the navigation that Enter starts to the first paint of the answer."""
    browser.get(url)
    box = browser.find_element(By.CSS_SELECTOR, "input[name=q]")
    box.send_keys(question, Keys.ENTER)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if "?q=" in browser.current_url and browser.find_elements(By.CSS_SELECTOR, ".card"):
            painted = browser.execute_script(_PAINTED)
            if painted is not None:
                return float(painted)
        time.sleep(0.05)
    raise SystemExit(f"no answer to {question}")


if __name__ == "__main__":
    main()
