"""Questions that found nothing: recorded by hand, listed, answered later, removed."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kb.base.config import Settings
from kb.base.errors import DxkbError
from kb.storage import unanswered
from tests.support.web_world import services
from web.app import create_app

NOTHING = "桜の開花はいつごろ"


@pytest.fixture(autouse=True)
def nothing_recorded(world: Settings) -> None:
    (world.data / "unanswered.jsonl").unlink(missing_ok=True)


def page(client: FlaskClient, address: str, **query: str) -> str:
    return client.get(address, query_string=query).get_data(as_text=True)


def test_a_question_without_an_answer_is_recorded_in_a_click(client: FlaskClient) -> None:
    assert "この質問を記録する" in page(client, "/", q=NOTHING)
    assert "次のことを試してください" in page(client, "/", q=NOTHING)
    assert "この質問を記録する" not in page(client, "/", q="申請フォーム")
    answer = client.post("/coverage/questions", data={"question": NOTHING})
    assert answer.status_code == 303
    after = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert "記録しました" in after
    listed = page(client, "/coverage")
    assert NOTHING in listed
    assert "まだありません" in listed


def test_the_same_question_counts_up_in_any_writing(world: Settings) -> None:
    for asked in ("スマホ 教室", "ｽﾏﾎ　教室", "  スマホ 教室 "):
        unanswered.record(world, asked)
    unanswered.record(world, "別の質問")
    (other, same) = unanswered.load(world)
    assert (other.question, other.times) == ("別の質問", 1)
    assert same.times == 3
    assert same.first <= same.last


def test_a_question_that_is_answered_by_now_comes_first(
    world: Settings, client: FlaskClient
) -> None:
    unanswered.record(world, "スマート申請フォーム")
    unanswered.record(world, NOTHING)
    listed = page(client, "/coverage")
    assert listed.index("スマート申請フォーム</a>") < listed.index(NOTHING)
    assert "見つかります" in listed


def test_a_question_is_removed(world: Settings, client: FlaskClient) -> None:
    unanswered.record(world, NOTHING)
    unanswered.record(world, "残る質問")
    assert client.post("/coverage/questions/forget", data={"question": NOTHING}).status_code == 303
    assert [u.question for u in unanswered.load(world)] == ["残る質問"]


def test_the_questions_are_downloaded_without_formulas(
    world: Settings, client: FlaskClient
) -> None:
    unanswered.record(world, '=HYPERLINK("http://evil.example")')
    answer = client.get("/coverage?format=questions")
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert rows[0] == ["質問", "回数", "最初", "最後", "今は見つかる"]
    assert rows[1][0].startswith("'=")


def test_the_list_is_bounded_and_survives_damage(
    world: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unanswered, "MOST", 5)
    for number in range(8):
        unanswered.record(world, f"質問 {number} " + "長" * 500)
    kept = unanswered.load(world)
    assert len(kept) == 5
    assert all(len(u.question) <= unanswered.LONGEST for u in kept)
    file = world.data / "unanswered.jsonl"
    good = '{"at": "2026", "question": "生き残り"}\n'.encode()
    file.write_bytes(b'\xff{"at": 1}\n[]\nnonsense\n' + good)
    assert [u.question for u in unanswered.load(world)] == ["生き残り"]


def test_nothing_is_recorded_when_changes_are_switched_off(world: Settings) -> None:
    closed = create_app(services(replace(world, readonly=True))).test_client()
    assert "この質問を記録する" not in page(closed, "/", q=NOTHING)
    assert closed.post("/coverage/questions", data={"question": NOTHING}).status_code == 403
    assert closed.post("/coverage/questions/forget", data={"question": "x"}).status_code == 403
    assert unanswered.load(world) == ()


def test_a_folder_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DxkbError, match="記録できませんでした"):
        unanswered.record(Settings(data=tmp_path / "file" / "data"), "質問")
