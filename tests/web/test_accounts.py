"""Who is reading: accounts, a reverse proxy's word, and nobody in particular."""

from __future__ import annotations

import os
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dxkb.main import main
from kb.base.config import Settings, load_settings
from kb.base.errors import ForbiddenError, UsageError
from kb.base.types import Viewer
from kb.storage import sessions
from kb.storage.sessions import ATTEMPTS, sign_in, viewer_of
from kb.storage.users import User, add_user, set_disabled, set_password, set_rights
from tests.support import web_world
from web.access import Access, viewer_in
from web.app import create_app

GOOD, OTHER = "青い海と白い砂浜の町役場", "another-good-phrase 7"
OFFICE = "庁内だけの極秘申請検討メモ"


def user(name: str = "田中", role: str = "viewer", *labels: str) -> User:
    return User(name, role, labels, disabled=False)  # type: ignore[arg-type]


@pytest.fixture
def accounts(settings: Settings) -> Settings:
    add_user(settings, user("田中", "viewer", "庁内"), GOOD)
    return settings


def browser(settings: Settings, *, local: bool = True) -> FlaskClient:
    access = Access(settings, local)
    own = replace(web_world.services(settings), viewer=access.viewer, mode=access.mode)
    app = create_app(own)
    access.init_app(app)
    return app.test_client()


@pytest.fixture
def town(world: Settings, tmp_path: Path) -> Settings:
    """The world's documents with accounts of their own."""
    for path in world.data.glob("users*"):
        path.unlink()
    return world


# -- accounts -----------------------------------------------------------------------------------------


def test_a_session_is_whose_it_is_until_it_ends(accounts: Settings) -> None:
    token = sign_in(accounts, "田中", GOOD)
    assert viewer_of(accounts, token) == Viewer.of("庁内", role="viewer", name="田中")
    assert viewer_of(accounts, token + "x") is None
    sessions.sign_out(accounts, token)
    assert viewer_of(accounts, token) is None


def test_full_width_letters_are_those_that_were_meant(settings: Settings) -> None:
    add_user(settings, user("ｔａｎａｋａ"), "Ｌｏｎｇ ｐａｓｓｗｏｒｄ １")
    assert viewer_of(settings, sign_in(settings, "tanaka", "Long password 1"))


def test_what_is_kept_opens_nothing(accounts: Settings) -> None:
    token = sign_in(accounts, "田中", GOOD)
    stored = accounts.users.read_bytes()
    assert GOOD.encode() not in stored
    assert token.encode() not in stored
    assert b"argon2id" in stored
    assert accounts.users.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("change", ["disable", "password", "rights"])
def test_a_change_by_the_administrator_ends_every_session(accounts: Settings, change: str) -> None:
    token = sign_in(accounts, "田中", GOOD)
    if change == "disable":
        set_disabled(accounts, "田中", True)
    elif change == "password":
        set_password(accounts, "田中", OTHER)
    else:
        set_rights(accounts, "田中", "viewer", [])
    assert viewer_of(accounts, token) is None


def test_idle_and_old_sessions_end(accounts: Settings) -> None:
    for column, most in (("seen", sessions.IDLE), ("made", sessions.WHOLE)):
        token = sign_in(accounts, "田中", GOOD)
        with sqlite3.connect(accounts.users) as db:
            db.execute(f"UPDATE sessions SET {column} = {column} - ?", [most + 1])
        db.close()
        assert viewer_of(accounts, token) is None


def test_wrong_passwords_lock_even_when_they_come_at_once(accounts: Settings) -> None:
    def guess(number: int) -> str:
        try:
            sign_in(accounts, "田中", f"wrong password {number}")
        except ForbiddenError as error:
            return error.message()
        return "in"

    with ThreadPoolExecutor(8) as pool:
        told = set(pool.map(guess, range(ATTEMPTS + 3)))
    assert len(told) == 1
    with pytest.raises(ForbiddenError):
        sign_in(accounts, "田中", GOOD)
    set_password(accounts, "田中", OTHER)  # the administrator opens it again
    assert sign_in(accounts, "田中", OTHER)


def test_a_clock_that_was_set_back_keeps_nobody_in_or_out(accounts: Settings) -> None:
    """What was noted by a clock a year ahead says nothing: the session ends, the lock opens."""
    token = sign_in(accounts, "田中", GOOD)
    ahead = 365 * 86400.0
    with closing(sqlite3.connect(accounts.users)) as db, db:
        db.execute("UPDATE sessions SET made = made + ?, seen = seen + ?", [ahead, ahead])
        db.execute("UPDATE users SET locked_until = ?", [time.time() + ahead])
    assert viewer_of(accounts, token) is None
    assert sign_in(accounts, "田中", GOOD)


def test_a_right_password_forgives_the_wrong_ones_before(accounts: Settings) -> None:
    for _ in range(3):
        for _ in range(ATTEMPTS - 1):
            with pytest.raises(ForbiddenError):
                sign_in(accounts, "田中", "wrong password")
        assert sign_in(accounts, "田中", GOOD)


def test_the_words_are_the_same_whatever_is_wrong(accounts: Settings) -> None:
    add_user(accounts, user("停止"), OTHER)
    set_disabled(accounts, "停止", True)
    told = set()
    for name, password in (("田中", "x"), ("いない人", GOOD), ("停止", OTHER), ("", "")):
        with pytest.raises(ForbiddenError) as caught:
            sign_in(accounts, name, password)
        told.add(caught.value.message())
    assert len(told) == 1


@pytest.mark.parametrize("password", ["short", "a" * 40, "tanaka-tanaka-1", "x" * 201 + GOOD])
def test_weak_passwords_are_refused(settings: Settings, password: str) -> None:
    with pytest.raises(UsageError):
        add_user(settings, user("tanaka"), password)


# -- the command line ---------------------------------------------------------------------------------


def test_search_as_somebody(world: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    for labels, found in (((), True), (("--as", "公開"), False), (("--as", "庁内"), True)):
        assert (
            main(["search", "極秘申請検討メモ", *labels, "--data", str(world.data), "--json"]) == 0
        )
        assert (OFFICE in capsys.readouterr().out) is found


# -- on the screen ------------------------------------------------------------------------------------


def test_without_accounts_this_computer_is_the_owners_and_others_are_the_public(
    town: Settings,
) -> None:
    here, elsewhere = browser(town), browser(town, local=False)
    assert OFFICE in here.get("/?q=極秘申請検討メモ").text
    page = elsewhere.get("/?q=極秘申請検討メモ")
    assert "<article" in page.text
    assert OFFICE not in page.text
    assert "公開の資料だけを表示しています" in page.text
    assert "Only public documents are shown" in elsewhere.get("/?lang=en").text
    assert elsewhere.post("/documents/rescan").status_code == 403
    assert elsewhere.get("/sign-in").status_code == 404
    assert here.post("/documents/rescan").status_code == 303


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"])
def test_a_proxy_on_this_computer_makes_nobody_the_owner(town: Settings, header: str) -> None:
    page = browser(town).get("/?q=極秘申請検討メモ", headers={header: "198.51.100.7"})
    assert OFFICE not in page.text


def test_signing_in_and_out(town: Settings) -> None:
    add_user(town, user("鈴木", "viewer", "庁内"), GOOD)
    client = browser(town)
    query = "/?q=極秘申請検討メモ"
    assert OFFICE not in client.get(query).text
    assert "サインイン" in client.get(query).text
    wrong = client.post("/sign-in", data={"name": "鈴木", "password": "違う"})
    assert (wrong.status_code, "Set-Cookie" in wrong.headers) == (403, False)
    assert "15分間" in wrong.text
    entered = client.post("/sign-in", data={"name": "鈴木", "password": GOOD, "back": query})
    assert entered.headers["Location"].startswith("/?q=")
    cookie = SimpleCookie(entered.headers["Set-Cookie"])["dxkb-session"]
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["secure"]) == ("Lax", "")
    page = client.get(query)
    assert OFFICE in page.text
    assert "鈴木" in page.text
    assert page.headers["Cache-Control"] == "no-store, private"
    assert client.post("/documents/rescan").status_code == 403  # reads only
    assert "庁内" in client.get("/account").text
    assert client.post("/sign-out").status_code == 303
    assert OFFICE not in client.get(query).text


@pytest.mark.parametrize("back", ["//evil.example/", "https://evil.example/", "/\\evil.example"])
def test_signing_in_leads_nowhere_else(town: Settings, back: str) -> None:
    add_user(town, user("佐藤"), GOOD)
    answer = browser(town).post("/sign-in", data={"name": "佐藤", "password": GOOD, "back": back})
    assert answer.headers["Location"] == "/"


def test_a_new_password_signs_other_browsers_out(town: Settings) -> None:
    add_user(town, user("高橋", "editor"), GOOD)
    one, other = browser(town), browser(town)
    for client in (one, other):
        client.post("/sign-in", data={"name": "高橋", "password": GOOD})
    given = {"old": GOOD, "new": OTHER, "again": OTHER}
    assert one.post("/account/password", data=given | {"old": "違う"}).status_code == 400
    assert one.post("/account/password", data=given | {"again": "x"}).status_code == 400
    assert one.post("/account/password", data=given).status_code == 303
    assert "高橋" in one.get("/account").text
    assert other.get("/account").status_code == 303
    one.post("/sign-out", data={"everywhere": "1"})
    assert one.get("/account").status_code == 303


def test_a_foreign_page_signs_nobody_in(town: Settings) -> None:
    add_user(town, user("伊藤"), GOOD)
    data = {"name": "伊藤", "password": GOOD}
    answer = browser(town).post("/sign-in", data=data, headers={"Origin": "https://evil.example"})
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (403, False)


def test_damaged_accounts_leave_only_what_is_public(town: Settings) -> None:
    add_user(town, user("渡辺", "admin"), GOOD)
    client = browser(town)
    client.post("/sign-in", data={"name": "渡辺", "password": GOOD})
    assert OFFICE in client.get("/?q=極秘申請検討メモ").text
    town.users.write_bytes(b"damaged" * 1000)
    page = client.get("/?q=極秘申請検討メモ")
    assert page.status_code == 200
    assert OFFICE not in page.text


def test_guessing_from_one_address_is_slowed_down(town: Settings) -> None:
    add_user(town, user("山本"), GOOD)
    client = browser(town)
    tries = (client.post("/sign-in", data={"name": f"{i}", "password": "x"}) for i in range(100))
    assert next(tries).status_code == 403
    slowed = next(
        answer for answer in tries if answer.status_code != 403
    )  # however slow the machine is
    assert slowed.status_code == 429
    assert int(slowed.headers["Retry-After"]) > 0


# -- a reverse proxy ----------------------------------------------------------------------------------


def proxied(town: Settings, **more: object) -> FlaskClient:
    env = {
        "DXKB_USER_HEADER": "X-User", "DXKB_GROUPS_HEADER": "X-Groups", "DXKB_TRUSTED_PROXIES": "127.0.0.0/8, ::1",
        "DXKB_GROUPS": "shokuin=庁内,shokuin=県内,henshu=editor,kanri=admin",
    }  # fmt: skip
    read = load_settings(env)
    own = replace(
        town, user_header=read.user_header, groups_header=read.groups_header,
        trusted_proxies=read.trusted_proxies, groups=read.groups, **more,
    )  # fmt: skip
    return browser(own, local=False)


def test_what_a_trusted_proxy_says_is_believed(town: Settings) -> None:
    client = proxied(town)
    staff = {"X-User": "鈴木".encode().decode("latin-1"), "X-Groups": "shokuin; other"}
    page = client.get("/?q=極秘申請検討メモ", headers=staff)
    assert OFFICE in page.text
    assert "鈴木" in page.text
    assert client.post("/documents/rescan", headers=staff).status_code == 403
    editor = staff | {"X-Groups": "shokuin,henshu"}
    assert client.post("/documents/rescan", headers=editor).status_code == 303


@pytest.mark.parametrize(
    ("headers", "peer"),
    [
        ({}, "127.0.0.1"),
        ({"X-Groups": "shokuin"}, "127.0.0.1"),
        ({"X-User": "鈴木, 管理者", "X-Groups": "shokuin"}, "127.0.0.1"),
        ({"X-User": "a", "X-Groups": "shokuin"}, "192.0.2.1"),
        ({"X-User": "a", "X-Groups": "shokuin", "X-Forwarded-For": "127.0.0.1"}, "192.0.2.1"),
        ({"X-User": "a", "X-Groups": "admin"}, "127.0.0.1"),
    ],
)
def test_what_is_not_certain_is_the_public(
    town: Settings, headers: dict[str, str], peer: str
) -> None:
    sent = {name: value.encode().decode("latin-1") for name, value in headers.items()}
    page = proxied(town).get(
        "/?q=極秘申請検討メモ", headers=sent, environ_base={"REMOTE_ADDR": peer}
    )
    assert OFFICE not in page.text


def test_groups_mean_what_the_settings_say() -> None:
    own = Settings(groups=("staff=庁内", "staff=県内", "boss=admin"))
    assert viewer_in(own, "a", {"staff"}) == Viewer.of("庁内", "県内", role="viewer", name="a")
    assert viewer_in(own, "a", {"DX班", "editor", "admin"}).role == "viewer"
    assert viewer_in(own, "a", {"boss"}).sees_all


def test_settings_that_cannot_be_meant_are_refused() -> None:
    for own in (
        Settings(user_header="X-User"),
        Settings(user_header="X-User", trusted_proxies=("everybody",)),
    ):
        with pytest.raises(UsageError, match="DXKB_TRUSTED_PROXIES"):
            Access(own, local=False).notices()


def test_cookies_are_secure_behind_tls(town: Settings) -> None:
    add_user(town, user("中村"), GOOD)
    client = browser(replace(town, trusted_proxies=("127.0.0.1",)))
    data, https = {"name": "中村", "password": GOOD}, {"X-Forwarded-Proto": "https"}
    assert "Secure" in client.post("/sign-in", data=data, headers=https).headers["Set-Cookie"]
    stranger = client.post(
        "/sign-in", data=data, headers=https, environ_base={"REMOTE_ADDR": "192.0.2.1"}
    )
    assert "Secure" not in stranger.headers["Set-Cookie"]


@pytest.mark.skipif(os.name == "nt", reason="no such permissions")
def test_the_file_of_accounts_is_private_whatever_the_umask(settings: Settings) -> None:
    before = os.umask(0)
    try:
        add_user(settings, user(), GOOD)
    finally:
        os.umask(before)
    assert settings.users.stat().st_mode & 0o777 == 0o600
