"""What whoever keeps the server sees of it, and that nobody else does."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from dxkb.lang import choose
from dxkb.main import build_parser
from kb.base.config import Settings
from kb.base.messages import message
from kb.base.types import Viewer
from kb.operations import audit
from kb.operations.audit import events, folder_of
from kb.operations.schedule import BackupState
from tests.paths import ROOT
from tests.support.web_world import of_nothing
from web.app import create_app
from web.services import Activity, Services

ADMIN = Viewer.of(role="admin", name="管理")
EDITOR = Viewer.of("庁内", role="editor", name="田中")


def browser(services: Services, viewer: Viewer = ADMIN, **changes: object) -> FlaskClient:
    own = replace(services, viewer=lambda: viewer, **changes)  # type: ignore[arg-type]
    return create_app(own).test_client()


def figures(client: FlaskClient) -> dict[str, float]:
    told = client.get("/metrics").get_data(as_text=True)
    return {
        s.name + "".join(f",{v}" for v in s.labels.values()): s.value
        for family in text_string_to_metric_families(told)
        for s in family.samples
    }


@pytest.fixture
def quiet(world: Settings) -> Settings:
    """The world, with nothing noted yet."""
    for path in folder_of(world).glob("*"):
        path.unlink()
    return world


# -- who may look --------------------------------------------------------------------------------------


@pytest.mark.parametrize("viewer", [Viewer.of(), EDITOR], ids=["public", "editor"])
@pytest.mark.parametrize(
    "path", ["/operations", "/operations/audit", "/operations/audit?format=csv", "/metrics"]
)
def test_only_admins_look(services: Services, quiet: Settings, viewer: Viewer, path: str) -> None:
    client = browser(services, viewer)
    answer = client.get(path)
    assert answer.status_code == 403
    assert "管理者だけ" in answer.text
    assert "/operations" not in client.get("/help").text
    assert next(events(quiet)).action == "refused"
    assert browser(services).get(path).status_code == 200
    assert "/operations" in browser(services).get("/help").text


def test_a_token_opens_the_figures_and_nothing_else(services: Services) -> None:
    settings = replace(services.settings, metrics_token="long-secret-token")
    client = browser(services, Viewer.of(), settings=settings)
    right = {"Authorization": "Bearer long-secret-token"}
    for headers, status in ((right, 200), ({"Authorization": "Bearer å"}, 403), ({}, 403)):
        assert client.get("/metrics", headers=headers).status_code == status
    assert client.get("/operations", headers=right).status_code == 403
    assert browser(services, Viewer.of()).get("/metrics", headers={"Authorization": "Bearer "}).status_code == 403  # fmt: skip


# -- the page ------------------------------------------------------------------------------------------


def test_the_page_says_how_everything_is(services: Services) -> None:
    told = browser(services).get("/operations").get_data(as_text=True)
    assert "問題はありません" in told
    assert "DXKB_BACKUP" in told
    assert "失敗 1件" in told  # empty.pdf
    assert services.store.model_id() in told
    busy = Activity(running=True, done=2, total=1007, read=3, to_read=9)
    backup = BackupState(
        "/mnt/b", "2026-01-02T03:04:05+00:00", 5_000_000, message("usage.backup_folder", folder="/mnt/b"),
    )  # fmt: skip
    client = browser(services, activity=lambda: busy, backup=lambda: backup)
    told = client.get("/operations").get_data(as_text=True)
    assert "あと1,005件" in told
    assert "5.0 MB" in told
    assert told.count("/mnt/b がありません") == 2  # at the top, and with the backups
    english = client.get("/operations?lang=en").get_data(as_text=True)
    assert "1,005 files to go" in english
    assert not re.search(r"[ぁ-ん]", re.sub(r'<(\w+)[^>]*lang="ja"[^>]*>[^<]*</\1>', "", english))


def test_a_server_that_has_read_nothing_has_a_page(settings: Settings) -> None:
    client = create_app(of_nothing(settings)).test_client()
    assert client.get("/operations").status_code == 200
    assert client.get("/operations/audit").status_code == 200
    assert figures(client)["dxkb_documents"] == 0


# -- the log -------------------------------------------------------------------------------------------


def test_events_are_found_by_action_words_and_days(services: Services, quiet: Settings) -> None:
    audit.record(quiet, "opened", "資料/A.pdf", who="田中", address="192.0.2.1")
    audit.record(quiet, "deleted", "資料/B.pdf", who="佐藤", address="192.0.2.2")
    client = browser(services)
    today = datetime.fromisoformat(next(events(quiet)).at).astimezone().date()
    for asked, found in (
        ("", "AB"), ("action=deleted", "B"), ("q=田中", "A"), ("q=ａ.PDF", "A"), ("q=192.0.2.2", "B"), ("q=ない", ""),
        (f"from={today}", "AB"), (f"to={today - timedelta(days=1)}", ""), (f"from={today + timedelta(days=1)}", ""),
        ("from=0001-01-01&to=9999-12-31", "AB"), ("from=昨日", "AB"), ("page=2", ""), (f"page={10**40}", ""),
    ):  # fmt: skip
        told = client.get(f"/operations/audit?{asked}").get_data(as_text=True)
        assert "".join(sorted(re.findall(r"資料/(\w)\.pdf</span>", told))) == found, asked


def test_days_are_those_of_the_server(
    services: Services, quiet: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    folder_of(quiet).mkdir(exist_ok=True)
    at = "2026-03-01T20:00:00+00:00"  # the second of March in Japan
    line = (
        f'{{"at": "{at}", "who": "a", "address": "", "action": "opened", "what": "資料/C.pdf"}}\n'
    )
    (folder_of(quiet) / "2026-03-01.jsonl").write_text(line, encoding="utf-8")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        client = browser(services)
        assert "C.pdf" in client.get("/operations/audit?from=2026-03-02&to=2026-03-02").text
        assert "C.pdf" in client.get("/operations/audit?from=&to=2026-03-02").text
        assert "C.pdf" not in client.get("/operations/audit?from=&to=2026-03-01").text
        assert "C.pdf" not in client.get("/operations/audit").text, "only the last weeks"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_pages_follow_each_other(services: Services, quiet: Settings) -> None:
    for number in range(230):
        audit.record(quiet, "opened", f"n{number}.md", who="田中")
    client = browser(services)
    seen = []
    for page in (1, 2, 3):
        told = client.get(f"/operations/audit?page={page}&q=n").get_data(as_text=True)
        seen += [int(n) for n in re.findall(r"n(\d+)\.md</span>", told)]
        assert ('rel="next"' in told) == (page < 3)
    assert seen == list(range(229, -1, -1))


def test_a_table_of_events_runs_nothing(services: Services, quiet: Settings) -> None:
    audit.record(quiet, "searched", '=HYPERLINK("http://x")', who="＝cmd")
    audit.record(quiet, "opened", "b.md", who="田中")
    answer = browser(services).get("/operations/audit?format=csv&action=searched")
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert [row[1:] for row in rows[1:]] == [["'＝cmd", "", "検索", '\'=HYPERLINK("http://x")']]
    assert (next(events(quiet)).action, next(events(quiet)).what) == ("exported", "audit.csv")


def test_what_is_shown_of_a_name_is_text(services: Services, quiet: Settings) -> None:
    audit.record(quiet, "searched", "<script>alert(1)</script>\u202e", who="<b>x")
    for path in ("/operations", "/operations/audit?q=<script>"):
        told = browser(services).get(path).get_data(as_text=True)
        assert "<script>alert" not in told
        assert "<b>x" not in told
        assert "\u202e" not in told


# -- the figures ---------------------------------------------------------------------------------------


def test_figures_tell_how_much_and_how_long_and_no_names(services: Services) -> None:
    backup = BackupState("/mnt/b", "2026-01-02T03:04:05+00:00", 5, message("store.backup_busy"))
    client = browser(services, backup=lambda: backup)
    client.get("/?q=秘密の質問")
    client.get("/cases/none")
    client.get("/no/such/秘密")
    told = figures(client)
    counts = services.store.counts(Viewer.owner())
    assert told["dxkb_http_requests_total,search.index,200"] == 1
    assert told["dxkb_http_requests_total,cases.show,404"] == 1
    assert told["dxkb_http_requests_total,none,404"] == 1
    assert told["dxkb_http_request_seconds_count,search.index"] == 1
    assert told["dxkb_documents"] == counts["documents"]
    assert told["dxkb_files,failed"] == 1
    assert told["dxkb_disk_free_bytes"] > 0
    assert told["dxkb_backup_failed"] == told["dxkb_degraded"] == 1
    assert (
        told["dxkb_last_backup_timestamp_seconds"]
        == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC).timestamp()
    )
    assert "秘密" not in client.get("/metrics").get_data(as_text=True)
    assert "dxkb_last_backup_bytes" not in figures(browser(services))


def test_figures_are_told_of_a_store_that_cannot_be_read(settings: Settings) -> None:
    client = create_app(of_nothing(settings)).test_client()
    settings.database.rename(settings.data / "gone")
    assert figures(client)["dxkb_degraded"] == 1


def test_what_is_kept_of_people_is_said(services: Services) -> None:
    def about(**changes: object) -> str:
        settings = replace(services.settings, **changes)  # type: ignore[arg-type]
        return (
            browser(services, Viewer.of(), settings=settings).get("/about").get_data(as_text=True)
        )

    assert "365日残り" in about()
    assert "検索は残りません" in about(audit_searches=False)
    assert "日残り" not in about(audit_days=0)


def test_the_manual_names_what_there_is(services: Services) -> None:
    manual = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    told = (
        browser(services, backup=lambda: BackupState("/b", "2026-01-02T03:04:05+00:00"))
        .get("/metrics")
        .text
    )
    named = set(re.findall(r"`(dxkb_\w+)", manual))
    assert len(named) > 10
    assert [name for name in named if name not in told] == []
    settings = set(
        re.findall(r"DXKB_[A-Z_]+", manual + (ROOT / "docs" / "dxkb.service").read_text("utf-8"))
    )
    config = (ROOT / "kb" / "base" / "config.py").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in settings if name not in config or name not in readme] == []


def test_the_unit_starts_what_there_is() -> None:
    unit = (ROOT / "docs" / "dxkb.service").read_text(encoding="utf-8")
    (command,) = re.findall(r"ExecStart=\S+/dxkb (.+)", unit)
    assert build_parser(choose("ja")).parse_args(command.split()).command == "serve"
