"""``--lang en`` says everything in English, failures and warnings included, with the same line and remedy."""

from __future__ import annotations

import json
import re

import pytest

from dxkb.main import main
from kb.base.config import Settings
from kb.base.types import STATUSES
from tests.support.samples import note

JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠。、（）「」]")


@pytest.fixture
def told(settings: Settings) -> Settings:
    """A corpus with ASCII names and words only, so that whatever is Japanese is ours."""
    note(settings.corpus, "good.md", "## Approach\n\nForms online.", title="Online forms", year="soon", municipality="Nowhere",)  # fmt: skip
    corpus = settings.corpus
    (corpus / "broken.md").write_text("---\ntitle: Forms\nfield: [a\n---\ntext\n", encoding="utf-8")
    (corpus / "table.csv").write_bytes(b'name,what\na,"never closed\nb,c\n')
    (corpus / "empty.pdf").write_bytes(b"")
    (corpus / "tool.exe").write_bytes(b"MZ")
    (corpus / "bytes.txt").write_bytes(b"Online forms in the town\n" * 9 + b"\xff and more\n" * 2)
    return settings


def said(settings: Settings, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    main([*arguments, "--data", str(settings.data), "--lang", "en"])
    out, err = capsys.readouterr()
    return out + err


def test_every_command_is_english(told: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    corpus = str(told.corpus)
    first = said(told, capsys, "ingest", corpus)
    assert re.search(r"Line [34] of the front matter", first)
    assert "[note] good.md" in first
    (told.corpus / "good.md").write_text("---\ntitle: [b\n---\n", encoding="utf-8")
    texts = [
        first,
        said(told, capsys, "ingest", corpus),
        said(told, capsys, "status", "--all"),
        said(told, capsys, "search", "online forms"),
        said(told, capsys, "search", " "),
        said(told, capsys, "search", "forms", "--prefecture", "Nowhere"),
        said(told, capsys, "extract", f"{corpus}/table.csv"),
        said(told, capsys, "extract", f"{corpus}/empty.pdf"),
        said(told, capsys, "show", "nothing"),
        said(told, capsys, "doctor"),
        said(told, capsys, "eval", f"{corpus}/table.csv"),
    ]
    for text in texts:
        assert "手がかり" not in text
        assert "確からしさ" not in text
        assert "前書き" not in text
        lines = [line for line in text.splitlines() if JAPANESE.search(line)]
        assert not [
            line
            for line in lines
            if not re.match(r"OK  dictionary|    ✓ .*「|.*(?:多可町|兵庫県)", line)
        ], text


def test_the_languages_tell_the_same(told: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    said(told, capsys, "ingest", str(told.corpus))
    ledgers = {}
    for lang in ("ja", "en"):
        main(["status", "--json", "--data", str(told.data), "--lang", lang])
        files = json.loads(capsys.readouterr().out)["files"]
        ledgers[lang] = {file["path"]: file for file in files}
    for path, file in ledgers["ja"].items():
        other = ledgers["en"][path]
        assert file["reason_code"] == other["reason_code"]
        assert len(file["warnings"]) == len(other["warnings"])
        for ja, en in zip(
            [file["reason"], *file["warnings"]], [other["reason"], *other["warnings"]], strict=True
        ):
            assert (ja is None) == (en is None)
            numbers = [set(re.findall(r"\d+", text or "")) for text in (en, ja)]
            assert numbers[0] <= numbers[1], (ja, en)
    assert {p: f["reason_code"] for p, f in ledgers["en"].items() if f["reason_code"]} == {
        "broken.md": "front_matter", "empty.pdf": "empty", "tool.exe": "unsupported",
    }  # fmt: skip
    assert len(ledgers["en"]["good.md"]["warnings"]) == 2


def test_help_is_english(capsys: pytest.CaptureFixture[str]) -> None:
    for command in (
        "",
        "ingest",
        "search",
        "show",
        "brief",
        "extract",
        "status",
        "eval",
        "serve",
        "doctor",
    ):
        with pytest.raises(SystemExit):
            main([*filter(None, [command]), "--help", "--lang=en"])
        out = capsys.readouterr().out
        for value in STATUSES:  # what the data says, whatever the language
            out = out.replace(value, "")
        assert not JAPANESE.search(out), out
