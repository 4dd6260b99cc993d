"""``dxkb user``: accounts at the terminal."""

from __future__ import annotations

import io

import pytest

from dxkb.main import main
from kb.advice.works import Work, add_work, works_of
from kb.base.config import Settings
from kb.base.errors import ForbiddenError
from kb.base.types import Role, Viewer
from kb.storage.saved import save_search, saved_of
from kb.storage.sessions import sign_in, viewer_of
from kb.storage.users import User, add_user, set_disabled, users

GOOD = "青い海と白い砂浜の町役場"


def user(name: str, role: Role, *labels: str) -> User:
    return User(name, role, labels, disabled=False)


def dxkb(settings: Settings, *arguments: str, typed: str = "") -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", io.StringIO(typed))
        return main(["user", *arguments, "--data", str(settings.data)])


def test_accounts_are_kept_by_command(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dxkb(settings, "add", "長", "--role", "admin", typed=f"{GOOD}\n") == 0
    assert dxkb(settings, "add", "長", typed=f"{GOOD}\n") == 2
    assert dxkb(settings, "add", "鈴木", "--sees", "県内", "--sees", "DX班", typed=GOOD) == 0
    assert dxkb(settings, "rights", "鈴木", "--role", "editor", "--sees", "庁内") == 0
    assert dxkb(settings, "add", "次長", "--role", "admin", typed=f"{GOOD}\n") == 0
    assert dxkb(settings, "disable", "長") == 0
    assert dxkb(settings, "password", "誰か", typed=GOOD) == 1
    capsys.readouterr()
    assert dxkb(settings, "list") == 0
    told = capsys.readouterr().out
    assert "鈴木\teditor\t公開 庁内" in told
    assert "長\tadmin\tすべて\t使用停止" in told
    assert GOOD not in told
    with pytest.raises(ForbiddenError):
        sign_in(settings, "長", GOOD)
    assert dxkb(settings, "disable", "長", "--undo") == 0
    assert viewer_of(settings, sign_in(settings, "長", GOOD)) == Viewer(None, "admin", "長")


def test_rights_change_only_what_is_given(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    add_user(settings, user("鈴木", "editor", "庁内"), GOOD)
    token = sign_in(settings, "鈴木", GOOD)
    assert dxkb(settings, "rights", "鈴木") == 2
    told = capsys.readouterr().err
    assert "--role" in told
    assert "--sees" in told
    assert viewer_of(settings, token) is not None
    assert dxkb(settings, "rights", "鈴木", "--sees", "県内") == 0
    assert users(settings) == (user("鈴木", "editor", "県内"),)
    assert dxkb(settings, "rights", "鈴木", "--role", "viewer") == 0
    assert users(settings) == (user("鈴木", "viewer", "県内"),)
    assert dxkb(settings, "rights", "鈴木", "--sees", "公開") == 0
    assert users(settings) == (user("鈴木", "viewer"),)


def test_the_last_admin_stays(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    add_user(settings, user("長", "admin"), GOOD)
    add_user(settings, user("前", "admin"), GOOD)
    set_disabled(settings, "前", True)
    token = sign_in(settings, "長", GOOD)
    for change in (("rights", "長", "--role", "editor"), ("disable", "長")):
        assert dxkb(settings, *change) == 2
        assert "dxkb user add 名前 --role admin" in capsys.readouterr().err
    assert viewer_of(settings, token) == Viewer(None, "admin", "長")
    assert dxkb(settings, "disable", "前", "--undo") == 0
    assert dxkb(settings, "rights", "長", "--role", "editor") == 0


def test_the_place_of_an_account_is_told(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not settings.data.exists()
    assert dxkb(settings, "add", "長", "--role", "admin", typed=GOOD) == 0
    told = capsys.readouterr().err.splitlines()
    assert told[0] == f"長 を登録しました（データの置き場所 {settings.data}）。"
    assert "新しく作りました" in told[1]
    assert dxkb(settings, "add", "次長", typed=GOOD) == 0
    assert "新しく" not in capsys.readouterr().err


def test_the_first_admin_takes_over_what_was_nobodys(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    add_work(settings, Work("", "283657", "登録の前の助言"))
    save_search(settings, "", "q=a", [])
    assert dxkb(settings, "add", "鈴木", typed=GOOD) == 0
    assert works_of(settings, "鈴木") == ()
    assert dxkb(settings, "add", " 長", "--role", "admin", typed=GOOD) == 0
    assert "助言 1 件と保存した検索 1 件を、長 のもの" in capsys.readouterr().err
    assert [work.title for work in works_of(settings, "長")] == ["登録の前の助言"]
    assert list(saved_of(settings, "長")) == ["q=a"]
