"""How soon a dropped note is found while others wait for their sentence vectors:
``python -m benchmarks.found_while_waiting [--notes 1000]``."""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

from benchmarks.search_quality import ROOT
from ingest.flow.pipeline import ingest
from ingest.flow.sentences import SentenceKeeper
from kb.base.config import Settings
from kb.base.types import Viewer
from kb.ranking.search import Searcher
from kb.storage.store import Store

_NEW = "---\ntitle: 渡し船の予約をスマートフォンで\n---\n## 取組\n\n島の渡し船の席をアプリで取れるようにした。\n"


def main() -> None:
    """Prints seconds, and how many passages still waited when the note was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", type=int, default=1000)
    with tempfile.TemporaryDirectory() as work:
        settings = Settings(data=Path(work) / "data", corpus=Path(work) / "corpus")
        _fill(settings.corpus, parser.parse_args().notes)
        ingest(settings)
        store = Store.open(settings)
        searcher = Searcher(settings, store)
        searcher.search("温め")
        keeper = SentenceKeeper(settings, on_error=print)
        keeper.start()
        time.sleep(5.0)
        (settings.corpus / "new.md").write_text(_NEW, encoding="utf-8")
        started, used = time.monotonic(), time.process_time()
        ingest(settings)
        keeper.request()
        found = searcher.search("渡し船の予約").results[0].case.path
        seconds, used = time.monotonic() - started, time.process_time() - used
        waiting = store.sentence_progress(Viewer.owner())
        keeper.stop()
        print(
            f"{found} after {seconds:.1f} s ({used:.1f} s of this process, its background too), "
            f"{waiting.total - waiting.done:,} passages waiting; load {os.getloadavg()[0]:.1f}"
        )


def _fill(folder: Path, count: int) -> None:
    """``count`` notes: the shipped ones over and over, each time numbered in its title."""
    folder.mkdir(parents=True)
    notes = [p.read_text("utf-8") for p in sorted((ROOT / "corpus").glob("**/*.md"))]
    notes = [text for text in notes if "\ntitle: " in text]
    for number in range(count):
        text = notes[number % len(notes)].replace("\ntitle: ", f"\ntitle: {number} ", 1)
        (folder / f"{number}.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
