"""``dxkb user``: the accounts of those who read."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from collections.abc import Callable
from dataclasses import asdict

from dxkb.lang import Lang
from kb.advice.works import take_over_works
from kb.base.config import Settings
from kb.base.errors import UsageError
from kb.base.types import PUBLIC
from kb.operations import audit
from kb.storage import users
from kb.storage.database import is_there
from kb.storage.saved import take_over_searches
from kb.storage.users import User


def add(options: argparse.Namespace, settings: Settings, say: Lang) -> int:
    """``dxkb user add``."""
    user = User(options.name, options.role, _labels(options), disabled=False)
    place = settings.server or settings.data.absolute()
    is_new = not settings.server and not settings.data.exists()
    is_first = user.role == "admin" and not (is_new or users.has_admin(settings))
    users.add_user(settings, user, _password(say))
    audit.record(
        settings,
        "added",
        f"user add {user.name} {user.role} {', '.join(user.labels)}".rstrip(),
        who="(owner)",
    )
    print(say("cli.user.added", name=options.name, place=place), file=sys.stderr)
    if is_new:  # may be meant; may be another folder than that of the documents
        print(say("cli.user.new_place", place=place), file=sys.stderr)
    if is_first:
        _take_over(settings, user.name, say)
    return 0


def rights(options: argparse.Namespace, settings: Settings, say: Lang) -> int:
    """``dxkb user rights``."""
    labels = None if options.sees is None else _labels(options)
    is_first = options.role == "admin" and not users.has_admin(settings)
    users.set_rights(settings, options.name, options.role, labels)
    if is_first:
        _take_over(settings, options.name, say)
    return _changed(options, settings, say)


def password(options: argparse.Namespace, settings: Settings, say: Lang) -> int:
    """``dxkb user password``."""
    users.set_password(settings, options.name, _password(say))
    return _changed(options, settings, say)


def disable(options: argparse.Namespace, settings: Settings, say: Lang) -> int:
    """``dxkb user disable``."""
    users.set_disabled(settings, options.name, not options.undo)
    return _changed(options, settings, say)


def _take_over(settings: Settings, name: str, say: Lang) -> None:
    """What was kept before there were accounts belongs to nobody who can sign in: the first admin gets it."""
    if is_there(settings.place):
        name = users.folded(name).strip()
        works, searches = take_over_works(settings, name), take_over_searches(settings, name)
        if works or searches:
            told = say("cli.user.taken_over", name=name, works=works, searches=searches)
            print(told, file=sys.stderr)


def _changed(options: argparse.Namespace, settings: Settings, say: Lang) -> int:
    action, given = options.action, []
    if action == "rights":
        given += [f"role={options.role}"] if options.role else []
        given += [f"sees={','.join(_labels(options) or [PUBLIC])}"] if options.sees else []
    elif action == "disable" and options.undo:
        action = "enable"
    what = " ".join(["user", action, options.name, *given])
    audit.record(settings, "changed", what, who="(owner)")
    print(say("cli.user.changed", name=options.name), file=sys.stderr)
    return 0


def listed(options: argparse.Namespace, settings: Settings, say: Lang) -> int:
    """``dxkb user list``."""
    found = users.users(settings)
    if options.json:
        print(json.dumps([asdict(user) for user in found], ensure_ascii=False))
        return 0
    for user in found:
        state = say("cli.user.disabled") if user.disabled else ""
        everything = user.role == "admin"
        seen = [say("cli.user.everything")] if everything else [PUBLIC, *user.labels]
        names = [item if everything else say.name("visibility", item) for item in seen]
        print("\t".join([user.name, user.role, " ".join(names), state]).rstrip())
    if not found:
        print(say("cli.user.none"))
    return 0


def add_parsers(command: Callable[..., argparse.ArgumentParser], say: Lang) -> None:
    """The commands below ``user``; ``command`` makes one."""
    for name, run in (
        ("add", add),
        ("rights", rights),
        ("password", password),
        ("disable", disable),
    ):
        parser = command(name, run, say(f"cli.help.user.{name}"))
        parser.add_argument("name", metavar="NAME", help=say("cli.help.user.name"))
        if run in (add, rights):
            _add_rights(parser, say, "viewer" if run is add else None)
        if run is disable:
            parser.add_argument("--undo", action="store_true", help=say("cli.help.user.undo"))
    command("list", listed, say("cli.help.user.list"))


def _add_rights(parser: argparse.ArgumentParser, say: Lang, role: str | None) -> None:
    """``--role`` and ``--sees``. Without ``role`` what is not given is None: it stays as it is."""
    parser.add_argument("--role", choices=users.ROLES, default=role, help=say("cli.help.user.role"))
    parser.add_argument("--sees", action="append", metavar="LABEL", help=say("cli.help.user.sees"))


def _labels(options: argparse.Namespace) -> tuple[str, ...]:
    return tuple(dict.fromkeys(label for label in options.sees or () if label != PUBLIC))


def _password(say: Lang) -> str:
    """Asked for twice at a terminal, else the first line of the input: never an argument, which other
    users of the computer could see."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    given = getpass.getpass(say("cli.user.password"))
    if getpass.getpass(say("cli.user.again")) != given:
        raise UsageError("usage.password_differ")
    return given
