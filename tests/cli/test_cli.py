"""The command line as others call it: real processes, exit codes, one JSON document on stdout."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from dxkb.lang import choose
from dxkb.main import build_parser, main
from kb.base.config import Settings
from tests.paths import ROOT
from tests.support.samples import note, town_notes
from tests.support.waiting import PATIENCE, until


def run(*arguments: object, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dxkb", *map(str, arguments)],
        capture_output=True, encoding="utf-8", check=False,
        env={**os.environ, "LANG": "ja_JP.UTF-8", **(env or {})},
    )  # fmt: skip


@pytest.fixture
def town(settings: Settings) -> Settings:
    town_notes(settings.corpus)
    assert main(["ingest", str(settings.corpus), "--data", str(settings.data)]) == 0
    return settings


def test_ingest_prints_the_contract(settings: Settings) -> None:
    town_notes(settings.corpus)
    (settings.corpus / "空.md").write_bytes(b"")
    done = run("ingest", settings.corpus, "--data", settings.data, "--json")
    assert done.returncode == 0
    report = json.loads(done.stdout)
    assert (
        report["found"]
        == 5
        == report["indexed"] + report["unchanged"] + report["skipped"] + report["failed"]
    )
    assert set(report) == {
        "found", "indexed", "unchanged", "skipped", "failed", "removed", "cases", "chunks", "seconds", "files",
        "ignored",
    }  # fmt: skip
    bad = next(file for file in report["files"] if file["status"] == "failed")
    assert (bad["path"], bad["reason_code"]) == ("空.md", "empty")
    assert bad["reason"]
    good = next(file for file in report["files"] if file["path"] == "taka.md")
    assert {"path", "status", "reason", "reason_code", "pages", "cases", "chunks"} <= set(good)
    assert good["reason"] is None


def test_ingest_explains_an_unreadable_corpus(settings: Settings) -> None:
    done = run("ingest", settings.corpus / "none", "--data", settings.data)
    assert done.returncode == 1
    assert "資料フォルダが見つかりません" in done.stderr
    assert done.stdout == ""


def test_search_prints_the_contract(town: Settings) -> None:
    done = run("search", "予防接種 予約", "-k", "2", "--data", town.data, "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    contract = {"query", "seconds", "total", "weak", "results", "facets"}
    assert set(answer) == contract | {"understood", "corrected", "all_met", "loosened", "taken"}
    assert set(answer["facets"]) == {"field", "prefecture", "municipality", "year", "status"}
    best = answer["results"][0]
    assert {
        "rank", "case_id", "score", "title", "municipality", "prefecture", "code", "field", "year",
        "source", "snippet", "passages", "why",
    } <= set(best)  # fmt: skip
    assert (best["rank"], best["code"], best["source"]["path"]) == (1, "283657", "taka.md")
    assert best["source"]["page"] is None
    passage = best["passages"][0]
    assert set(passage) == {"page", "role", "text", "score", "highlights", "nearest"}
    assert any(passage["text"][a:b].startswith("予防接種") for a, b in passage["highlights"])
    assert set(best["why"]) == {"lexical", "dense", "terms", "synonyms", "reading"}


def test_search_takes_every_option(town: Settings) -> None:
    done = run(
        "search", "荷物", "--municipality", "豊岡市", "--prefecture", "兵庫県", "--field", "配送・物流",
        "--year-from", 2020, "--year-to", 2024, "--near", "多可町", "--mode", "lexical", "--data", town.data, "--json",
    )  # fmt: skip
    assert [r["source"]["path"] for r in json.loads(done.stdout)["results"]] == ["toyooka.md"]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["search", "   "], 2, "調べたいことば"),
        (["search", "あ" * 20_000], 2, "長すぎます"),
        (["search", "x", "--municipality", "ありもしない市"], 2, "ありもしない市"),
        (["search"], 2, "QUERY"),
        (["search", "x", "-k", "0"], 2, "-k"),
        (["nonsense"], 2, "nonsense"),
        (["show", "nothing"], 1, "nothing"),
        (["eval", "none.jsonl"], 2, "none.jsonl"),
    ],
)
def test_mistakes_are_explained(town: Settings, arguments: list[str], code: int, told: str) -> None:
    done = run(*arguments, "--data", town.data)
    assert (done.returncode, done.stdout) == (code, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_without_an_index_the_remedy_is_told(tmp_path: Path) -> None:
    done = run("search", "予防接種", "--data", tmp_path / "none")
    assert done.returncode == 1
    assert "dxkb ingest" in done.stderr


def test_messages_come_in_english_too(town: Settings) -> None:
    done = run("search", "   ", "--data", town.data, "--lang", "en")
    assert "Type what you are looking for" in done.stderr
    done = run(
        "search",
        "vaccination booking",
        "--data",
        town.data,
        env={"LANG": "en_US.UTF-8", "LC_ALL": ""},
    )
    assert "1 case (" in done.stdout
    assert choose(None, {"LC_ALL": "C.UTF-8"}).code == "ja"
    assert choose(None, {"LANG": "en_GB.UTF-8"}).code == "en"


def test_show_status_and_people_readable_output(
    town: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["search", "予防接種", "--data", str(town.data)]) == 0
    shown = capsys.readouterr().out
    case_id = re.search(r"taka\.md\s+\[(\w+)\]", shown)
    assert case_id
    assert "多可町（兵庫県・19,284人）" in shown
    assert main(["show", case_id[1], "--data", str(town.data)]) == 0
    assert "■ 取組" in capsys.readouterr().out
    assert main(["show", case_id[1], "--data", str(town.data), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["code"] == "283657"
    assert main(["status", "--data", str(town.data), "--all"]) == 0
    assert "すべての資料を読み取れています" in capsys.readouterr().out
    assert main(["status", "--data", str(town.data), "--json"]) == 0
    ledger = json.loads(capsys.readouterr().out)
    assert (ledger["documents"], len(ledger["files"])) == (4, 4)


def test_status_puts_trouble_first(town: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    (town.corpus / "空.md").write_bytes(b"")
    main(["ingest", str(town.corpus), "--data", str(town.data)])
    assert "空.md" in capsys.readouterr().out
    main(["status", "--data", str(town.data)])
    told = capsys.readouterr().out
    assert "[失敗] 空.md: 中身が空です" in told
    assert re.search(r"最終確認: \d{4}-\d\d-\d\d \d\d:\d\d（1分以内|\d+分前）", told)


def test_extract_shows_what_is_read(tmp_path: Path) -> None:
    from tests.support.pdfs import build, ruled

    path = tmp_path / "表.pdf"
    path.write_bytes(
        build(ruled([["課題", "人手が足りない"], ["取組", "申請を電子化した"]], [80, 300]))
    )
    done = run("extract", path, "--json")
    seen = json.loads(done.stdout)
    assert set(seen) >= {"path", "reader", "pages", "cases", "warnings"}
    assert seen["reader"] == "pdf"
    assert set(seen["pages"][0]) == {"page", "text", "quality", "ocr"}
    assert {"role": "背景・課題", "heading": "課題", "page": 1, "text": "人手が足りない"} in seen[
        "cases"
    ][0]["sections"]
    assert set(seen["cases"][0]) == {
        "title", "municipality", "prefecture", "pages", "sections", "facts",
    }  # fmt: skip
    assert "人手が足りない" in run("extract", path).stdout


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.md", b"", "空です"),
        ("a.md", b"   \n", "[empty]"),
        ("a.mp3", b"ID3", "読めません"),
        ("none.md", None, "ありません"),
    ],
)
def test_extract_explains_what_it_cannot_read(
    tmp_path: Path, name: str, content: bytes | None, told: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = run("extract", tmp_path / name)
    assert done.returncode == 1
    assert told in done.stderr
    assert name in done.stderr
    assert done.stdout == ""


def test_eval_measures_and_writes_the_run(town: Settings, tmp_path: Path) -> None:
    queries = tmp_path / "q.jsonl"
    queries.write_text(
        '{"id": "1", "query": "予防接種の予約", "relevant": {"taka.md": 2, "ina.md": 0}, "kind": "keyword", "lang": "ja"}\n'
        '\n{"id": "2", "query": "drone delivery", "relevant": {"toyooka.md": 1}, "kind": "english", "lang": "en"}\n',
        encoding="utf-8",
    )
    out = tmp_path / "run.jsonl"
    done = run("eval", queries, "--data", town.data, "--run", out, "--json")
    figures = json.loads(done.stdout)
    assert figures["overall"]["n"] == 2
    assert figures["by_kind"]["keyword"]["ndcg"] == 1.0
    assert figures["by_lang"]["en"]["recall"] == 1.0
    first = json.loads(out.read_text("utf-8").splitlines()[0])
    assert first["id"] == "1"
    assert first["ranking"][0][0] == "taka.md"
    assert "nDCG@10" in run("eval", queries, "--data", town.data).stdout
    again = run("eval", queries, "--data", town.data, "--against", out)
    assert "差があるとは言えない" in again.stdout
    compared = json.loads(
        run("eval", queries, "--data", town.data, "--against", out, "--json").stdout
    )
    assert compared["against"]["n"] == 2
    assert run("eval", queries, "--data", town.data, "--against", "none").returncode == 2


@pytest.mark.parametrize("line", ["{", '{"id": 1}', "[]", ""])
def test_eval_names_the_line_it_cannot_read(town: Settings, tmp_path: Path, line: str) -> None:
    queries = tmp_path / "q.jsonl"
    queries.write_text(line + "\n", encoding="utf-8")
    done = run("eval", queries, "--data", town.data)
    assert done.returncode == 2
    assert "q.jsonl" in done.stderr


@pytest.mark.parametrize("first", [["--lang", "en"], ["--lang=en"], ["--json", "--lang", "en"]])
def test_what_every_command_takes_may_stand_before_it(
    town: Settings, first: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*first, "--data", str(town.data), "status"]) == 0
    assert "documents" in capsys.readouterr().out


def test_doctor_examines_and_advises(town: Settings, tmp_path: Path) -> None:
    done = run("doctor", "--data", town.data, "--json", env={"DXKB_CORPUS": str(town.corpus)})
    found = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert done.returncode == 0, done.stdout
    assert all(
        found[name]["ok"] for name in ("python", "dictionary", "model", "data", "corpus", "index")
    )
    done = run("doctor", "--data", tmp_path / "new", env={"DXKB_CORPUS": str(tmp_path / "none")})
    assert done.returncode == 1
    assert "NG  corpus" in done.stdout


def test_every_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    (commands,) = [a for a in build_parser(choose("ja"))._actions if a.dest == "command"]
    assert commands.choices
    for name in commands.choices:
        assert f"`dxkb {name}" in readme


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode("utf-8")
    except urllib.error.HTTPError as error:
        return error.code, ""
    except OSError:
        return 0, ""


def test_serve_ingests_watches_and_answers(settings: Settings) -> None:
    town_notes(settings.corpus)
    server = subprocess.Popen(
        [sys.executable, "-m", "dxkb", "serve", "--port", "0", "--corpus", str(settings.corpus), "--data", str(settings.data)],
        stderr=subprocess.PIPE, encoding="utf-8", env={**os.environ, "LANG": "ja_JP.UTF-8"},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL) and None,
    )  # fmt: skip  # a background shell has its children ignore Ctrl+C
    try:
        assert server.stderr is not None
        address = re.search(r"http://127\.0\.0\.1:\d+", server.stderr.readline())
        assert address
        base = address.group()
        until(lambda: get(f"{base}/healthz")[0] == 200)
        query = urllib.request.quote("予防接種")  # type: ignore[attr-defined]
        until(lambda: "taka.md" in get(f"{base}/api/v1/search?q={query}")[1])
        note(settings.corpus, "new.md", "## 取組\n\n獣害対策のわなを見張る。", title="わなの見張り")
        trap = urllib.request.quote("わなの見張り")  # type: ignore[attr-defined]
        until(lambda: "new.md" in get(f"{base}/api/v1/search?q={trap}")[1])
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(timeout=PATIENCE)
        finally:
            server.kill()
            server.stderr.close()  # type: ignore[union-attr]


def test_a_port_in_use_is_explained(town: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run(
            "serve", "--port", taken.getsockname()[1], "--corpus", town.corpus, "--data", town.data
        )
    assert done.returncode == 2
    assert "--port" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "コマンド"),
        (["serch"], "コマンド に「serch」はありません。次から選んでください: ingest, search"),
        (["search"], "QUERY を指定してください。"),
        (
            ["search", "窓口", "-k", "0"],
            "-k には1から1000までの整数を指定してください（「0」は使えません）。",
        ),
        (["search", "窓口", "-k"], "-k のあとに値を書いてください。"),
        (["search", "窓口", "--year-from", "R5"], "--year-from には整数を指定してください"),
        (["status", "--wrong"], "分からない指定があります: --wrong"),
    ],
)
def test_wrong_usage_is_told_in_japanese(
    capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    try:
        code = main(arguments)
    except SystemExit as ended:
        code = int(str(ended.code))
    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert told in said.err
    assert "--help" in said.err
