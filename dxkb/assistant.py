"""``dxkb mcp``: the knowledge base as read-only tools for an assistant (Model Context Protocol).

Every answer says what the documents say, with its sources; nothing is written, and nothing is shown that the
labels given at the start may not see: by default the public documents only.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import wraps
from typing import Any

from dxkb.lang import Lang
from kb import __version__
from kb.advice.brief import TITLE, Brief
from kb.advice.brief_markdown import markdown
from kb.advice.needs import told_needs
from kb.advice.precedents import precedents
from kb.base.config import Settings
from kb.base.errors import DxkbError, UsageError
from kb.base.types import Case, Viewer
from kb.places.gazetteer import load_gazetteer
from kb.ranking.contracts import answer_json, case_json
from kb.ranking.search import Searcher
from kb.storage.store import Store

Json = dict[str, Any]
_ABOUT = (
    "日本の自治体のDX事例を、出典（資料とページ）つきで調べる。答えは資料の抜粋だけで、作文はしない。"
    "引用するときは source を添え、事例にないことは「記載なし」と言うこと。"
    " Japanese municipal digital case studies with sources; quotes only, read-only."
)
_MOST = 50


class Tools:
    """What an assistant may ask, as one viewer."""

    def __init__(self, settings: Settings, viewer: Viewer) -> None:
        self._store = Store.open(settings)
        self._searcher = Searcher(settings, self._store)
        self._viewer = viewer

    def search(self, query: str, k: int = 10) -> Json:
        """事例を調べる。地名・年度・人口などの条件も文に書ける。Finds cases; places, years, sizes go into the query."""
        answer = self._searcher.search(query, k=max(1, min(k, _MOST)), viewer=self._viewer)
        return answer_json(answer)

    def case(self, case_id: str) -> Json:
        """事例を一つ、すべての節・事実・出典ページとともに示す。One whole case with its pages."""
        case = self._store.case(case_id, self._viewer)
        return case_json(case, self._store.relatives(case.id, self._viewer))

    def municipality(self, name: str) -> Json:
        """自治体の課題と、それに応える他の自治体の事例。What a municipality lacks, and precedents elsewhere."""
        places = load_gazetteer().find(name)
        if len(places) != 1:
            names = [f"{p.prefecture}{p.name}（{p.code}）" for p in places]
            raise UsageError("usage.mcp_place", name=name, n=len(names), names=names)
        place = places[0]
        cases = self._store.cases_of(code=place.code, viewer=self._viewer)
        needs = [
            {
                "need": need.text,
                "source": _source(need.case, need.page) if need.case else None,
                "precedents": [
                    {"case_id": p.case.id, "title": p.case.title, "municipality": p.case.municipality,
                     "text": p.passage.text if p.passage else None,
                     "source": _source(p.case, p.passage.page if p.passage else None)}
                    for p in precedents(self._searcher, need.text, place, self._viewer)
                ],
            }
            for need in told_needs(cases)
        ]  # fmt: skip
        own = [{"case_id": c.id, "title": c.title, "source": _source(c)} for c in cases]
        return {"municipality": place.name, "prefecture": place.prefecture, "code": place.code,
                "population": place.population, "cases": own, "needs": needs}  # fmt: skip

    def brief(self, case_ids: list[str], title: str = "") -> str:
        """選んだ事例を、出典の番号つきの資料（Markdown）にする。A paper of chosen cases with numbered sources."""
        if not case_ids:
            raise UsageError("usage.mcp_no_cases")
        cases = tuple(
            self._store.case(one, self._viewer) for one in dict.fromkeys(case_ids[:_MOST])
        )
        return markdown(Brief(cases, title or TITLE))


def _source(case: Case, page: int | None = None) -> Json:
    pages = page if page is not None else (list(case.pages) if case.pages else None)
    return {
        "path": case.path,
        "page": pages,
        "title": case.source_title or None,
        "url": case.source_url or None,
    }


def server(settings: Settings, viewer: Viewer, lang: str = "ja") -> Any:
    """The server of the SDK with the tools. Raises UsageError where the SDK is not installed."""
    try:
        from mcp.server.mcpserver import MCPServer
        from mcp.types import ToolAnnotations
    except ImportError as error:
        raise UsageError("usage.mcp_missing") from error
    made = MCPServer("dxkb", instructions=_ABOUT, version=__version__, log_level="WARNING")
    tools = Tools(settings, viewer)
    reading = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
    for tool in (tools.search, tools.case, tools.municipality, tools.brief):
        made.tool(annotations=reading)(_explained(tool, lang))
    return made


def _explained(tool: Callable[..., Any], lang: str) -> Callable[..., Any]:
    """``tool``, which tells the assistant in words what it cannot do."""
    from mcp.server.mcpserver.exceptions import ToolError

    @wraps(tool)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return tool(*args, **kwargs)
        except DxkbError as error:
            raise ToolError(error.message(lang)) from error

    return call


def serve_assistant(options: argparse.Namespace, settings: Settings, say: Lang) -> None:
    """``dxkb mcp``: over standard input and output, or over HTTP on this computer."""
    made = server(settings, Viewer.of(*(options.labels or ())), say.code)
    if options.http:
        made.run("streamable-http", host="127.0.0.1", port=options.port)
    else:
        made.run("stdio")
