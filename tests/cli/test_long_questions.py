"""Questions that nobody would type, but somebody pastes, are answered."""

from __future__ import annotations

import json

import pytest

from dxkb.main import main
from ingest.flow.pipeline import ingest
from kb.base.config import Settings


@pytest.mark.parametrize(
    "question",
    [" ".join(f'"窓口{n}"' for n in range(250)), "人口12345678901234567890人の町の窓口"],
    ids=["250 phrases", "20 digits"],
)
def test_is_answered(settings: Settings, capsys: pytest.CaptureFixture[str], question: str) -> None:
    (settings.corpus / "a.md").write_text("宍粟市は窓口での書類を減らした。\n", encoding="utf-8")
    ingest(settings)
    assert main(["search", question, "--data", str(settings.data), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["query"] == question
