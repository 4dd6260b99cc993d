"""`dxkb mcp`, driven by the SDK's own client: in one process, over pipes and over HTTP."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from dxkb.assistant import server
from kb.base.config import Settings
from kb.base.types import PUBLIC, Viewer
from kb.ranking.search import Searcher
from kb.storage.store import Store
from tests.paths import ROOT
from tests.support.ports import held_port
from tests.support.waiting import until


def ask(to: Any, tool: str, **arguments: object) -> tuple[Any, bool]:
    """What the tool answers, and whether that is an error."""

    async def talk() -> tuple[Any, bool]:
        async with Client(to) as client:
            told = await client.call_tool(tool, arguments)
            return told.content[0].text, bool(told.is_error)  # type: ignore[union-attr]

    text, failed = asyncio.run(talk())
    return (text if failed or tool == "brief" else json.loads(text)), failed


@pytest.fixture(scope="module")
def hidden(world: Settings) -> str:
    """A case that not everybody may see."""
    found = Searcher(world, Store.open(world)).search(
        "庁内だけの極秘申請検討メモ", viewer=Viewer.owner()
    )
    return next(r.case.id for r in found.results if r.case.visibility != PUBLIC)


def test_the_tools_only_read_and_say_what_they_are_for(world: Settings) -> None:
    async def listed() -> list[Any]:
        async with Client(server(world, Viewer.of())) as client:
            return list((await client.list_tools()).tools)

    tools = asyncio.run(listed())
    assert {tool.name for tool in tools} == {"search", "case", "municipality", "brief"}
    assert all(tool.annotations.read_only_hint and tool.description for tool in tools)


def test_every_answer_names_its_sources(world: Settings) -> None:
    made = server(world, Viewer.of())
    found, _ = ask(made, "search", query="予防接種", k=3)
    assert found["results"]
    assert all(result["source"]["path"] for result in found["results"])
    ids = [result["case_id"] for result in found["results"]]
    one, _ = ask(made, "case", case_id=ids[0])
    assert one["source"]["path"]
    paper, _ = ask(made, "brief", case_ids=ids)
    assert "[1]" in paper
    town, _ = ask(made, "municipality", name=one["code"])
    assert all(case["source"]["path"] for case in town["cases"])
    assert all(p["source"]["path"] for need in town["needs"] for p in need["precedents"])


def test_what_the_viewer_may_not_see_is_not_there(world: Settings, hidden: str) -> None:
    public, owner = server(world, Viewer.of()), server(world, Viewer.owner())
    title = ask(owner, "case", case_id=hidden)[0]["title"]
    for tool, arguments in (("case", {"case_id": hidden}), ("brief", {"case_ids": [hidden]})):
        told, failed = ask(public, tool, **arguments)
        assert failed
        assert title not in told
    assert hidden in json.dumps(ask(owner, "search", query=title)[0])
    assert hidden not in json.dumps(ask(public, "search", query=title)[0])


def test_an_error_says_what_to_do(world: Settings) -> None:
    told, failed = ask(server(world, Viewer.of()), "municipality", name="府中市")
    assert failed
    assert "コード" in told


def test_over_pipes_and_over_http(world: Settings) -> None:
    command = ["-m", "dxkb", "mcp", "--data", str(world.data)]
    over_pipes = StdioServerParameters(command=sys.executable, args=command, cwd=str(ROOT))
    expected = ask(server(world, Viewer.of()), "search", query="予防接種")[0]["results"]
    assert ask(over_pipes, "search", query="予防接種")[0]["results"] == expected
    with (
        held_port() as port,
        subprocess.Popen(
            [sys.executable, *command, "--http", "--port", str(port)],
            cwd=ROOT,
            stderr=subprocess.DEVNULL,
        ) as running,
    ):
        try:
            until(lambda: socket.create_connection(("127.0.0.1", port)), OSError).close()
            assert (
                ask(f"http://127.0.0.1:{port}/mcp", "search", query="予防接種")[0]["results"]
                == expected
            )
        finally:
            running.kill()
