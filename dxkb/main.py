"""The command ``dxkb``: arguments in, exit status out."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from dxkb import commands, exchange, users
from dxkb.lang import Lang, choose
from dxkb.usage import help_alone, parser_class
from kb import __version__
from kb.base.config import Settings, load_settings
from kb.base.errors import DxkbError, UsageError
from kb.base.filters import FILTERS, Filter
from kb.base.log import configure
from kb.base.messages import is_known

_LOGGED = ("ingest", "serve", "rebuild")  # what others do leaves no trace on the disk
_FOR_OTHERS = (
    "brief",
    "eval",
    "pack",
)  # what they write is asked for; all else is of the data folder, its owner's
_log = logging.getLogger(__name__)

Command = Callable[[argparse.Namespace, Settings, Lang], int | None]
"""Gives the exit status; None is 0."""
_Options = dict[str, Any]


def _positive(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 1000:
        raise ValueError(text)
    return number


def _of_filter(row: Filter) -> tuple[str, _Options]:
    more = _LIST if row.kind == "any" else {}
    kind = int if row.kind == "number" else str
    return f"--{row.name.replace('_', '-')}", {"metavar": row.metavar, "type": kind, **more}


_SWITCH: _Options = {"action": "store_true"}
_LIST: _Options = {"action": "append", "default": []}
_COUNT: _Options = {"type": _positive, "default": 10, "metavar": "N"}
_MODE: _Options = {"choices": ["hybrid", "lexical", "dense"], "default": "hybrid"}
_PLACE: _Options = {"metavar": "NAME|CODE"}

_EVERYWHERE: dict[str, _Options] = {
    "--data": {"metavar": "DIR"},
    "--lang": {"choices": ["ja", "en"]},
    "--json": _SWITCH,
    "-v --verbose": _SWITCH,
}
_COMMANDS: dict[str, tuple[Command, dict[str, _Options]]] = {
    "ingest": (commands.ingest_corpus, {
        "corpus": {"nargs": "?", "metavar": "CORPUS"},
        "--quick": _SWITCH, "--watch": _SWITCH, "--reembed": _SWITCH,
    }),
    "search": (commands.search, {
        "query": {"metavar": "QUERY"}, "-k": _COUNT, **dict(map(_of_filter, FILTERS.values())),
        "--near": _PLACE, "--home": _PLACE, "--ignore": {**_LIST, "metavar": "LABEL"},
        "--strict": _SWITCH, "--as": {"dest": "labels", "action": "append", "metavar": "LABEL"},
        "--mode": _MODE,
    }),
    "show": (commands.show, {"case_id": {"metavar": "CASE_ID"}}),
    "brief": (commands.write_brief, {
        "case_ids": {"nargs": "+", "metavar": "CASE_ID"},
        "-o --out": {"type": Path, "required": True, "metavar": "FILE"},
        "--title": {"default": ""}, "--remark": {"default": ""},
    }),
    "extract": (commands.extract, {"file": {"metavar": "FILE", "type": Path}}),
    "eval": (commands.evaluate_queries, {
        "queries": {"metavar": "QUERIES.jsonl", "type": Path}, "-k": _COUNT,
        "--run": {"dest": "run_file", "metavar": "OUT.jsonl", "type": Path},
        "--against": {"metavar": "OLD.jsonl", "type": Path}, "--mode": _MODE,
    }),
    "serve": (commands.serve, {
        "--host": {"default": "127.0.0.1"}, "--port": {"type": int, "default": 8000},
        "--corpus": {"metavar": "DIR"}, "--no-watch": _SWITCH,
        "--processes": {"type": _positive, "default": 1, "metavar": "N"},
    }),
    "backup": (commands.backup, {
        "file": {"metavar": "FILE", "type": Path}, "--documents": _SWITCH, "--corpus": {"metavar": "DIR"},
    }),
    "restore": (commands.restore, {
        "file": {"metavar": "FILE", "type": Path}, "--force": _SWITCH, "--corpus": {"metavar": "DIR"},
    }),
    "pack": (exchange.pack, {
        "file": {"metavar": "FILE", "type": Path}, "--from": {"dest": "sender", "required": True, "metavar": "NAME"},
        "--as": {"dest": "labels", "action": "append", "metavar": "LABEL"},
        "--since": {"type": Path, "metavar": "FILE"}, "--corpus": {"metavar": "DIR"},
    }),
    "unpack": (exchange.unpack, {
        "file": {"nargs": "?", "metavar": "FILE", "type": Path}, "--inspect": _SWITCH,
        "--trust": {"metavar": "FINGERPRINT"}, "--undo": _SWITCH, "--corpus": {"metavar": "DIR"},
    }),
    "mcp": (commands.assist, {
        "--as": {"dest": "labels", "action": "append", "metavar": "LABEL"},
        "--http": _SWITCH, "--port": {"type": int, "default": 8001},
    }),
    "status": (commands.status, {"--all": _SWITCH}),
    "doctor": (commands.doctor, {"--corpus": {"metavar": "DIR"}}),
    "migrate": (commands.migrate_database, {"--to": {"required": True, "metavar": "URL|DIR"}}),
    "rebuild": (commands.rebuild_database, {"corpus": {"nargs": "?", "metavar": "CORPUS"}}),
}  # fmt: skip
"""Every command with its arguments; ``cli.help.COMMAND.NAME`` or ``cli.help.NAME`` tells what one is."""


def _command_first(given: list[str]) -> list[str]:
    """The arguments with what every command takes behind the command, where many type it before."""
    at = 0
    while at < len(given) and given[at].partition("=")[0] in ("--data", "--lang", "--json"):
        at += 1 if given[at] == "--json" or "=" in given[at] else 2
    return [*given[at : at + 1], *given[:at], *given[at + 1 :]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command: 0 success, 1 a failure explained on stderr, 2 wrong usage."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    given = _command_first(list(sys.argv[1:] if arguments is None else arguments))
    say = choose(_language(given))
    parser = build_parser(say)
    if not given:
        return help_alone(parser)
    options = parser.parse_args(given)
    configure(None)  # until the settings say where to
    mask = os.umask(0o077) if options.command not in _FOR_OTHERS else None
    try:
        return _run(options, say)
    except DxkbError as error:
        _log.error("%s: %s", options.command, error.told.code)
        print(f"dxkb: {error.message(say.code)}", file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 1
    except KeyboardInterrupt:
        print(say("cli.interrupted"), file=sys.stderr)
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception:
        _log.exception("%s broke down", options.command)
        raise
    finally:
        if mask is not None:
            os.umask(mask)


def _run(options: argparse.Namespace, say: Lang) -> int:
    settings = load_settings()
    if options.data:
        settings = replace(settings, data=Path(options.data))
    if getattr(options, "corpus", None):
        settings = replace(settings, corpus=Path(options.corpus))
    log = settings.data if options.logged else None
    configure(log, verbose=options.verbose, as_json=settings.json_log)
    run: Command = options.run
    return run(options, settings, say) or 0


def build_parser(say: Lang) -> argparse.ArgumentParser:
    """The whole command line."""
    parser = parser_class(say)(prog="dxkb", description=say("cli.help"))
    version = say("cli.help.heading.version")
    parser.add_argument("--version", action="version", version=f"dxkb {__version__}", help=version)
    adders = parser.add_subparsers(dest="command", required=True, metavar=say("cli.help.command"))
    for name, (run, arguments) in _COMMANDS.items():
        command = _command(adders, say, name, run, say(f"cli.help.{name}"))
        _add(command, say, name, arguments)
    text = say("cli.help.user")
    below = adders.add_parser("user", help=text, description=text).add_subparsers(
        dest="action", required=True, metavar=say("cli.help.command")
    )
    users.add_parsers(partial(_command, below, say), say)
    return parser


def _command(
    adders: argparse._SubParsersAction[argparse.ArgumentParser],
    say: Lang,
    name: str,
    run: Command,
    text: str,
) -> argparse.ArgumentParser:
    parser = adders.add_parser(name, help=text, description=text)
    parser.set_defaults(run=run, logged=name in _LOGGED)
    _add(parser, say, name, _EVERYWHERE)
    return parser


def _add(
    parser: argparse.ArgumentParser, say: Lang, command: str, arguments: dict[str, _Options]
) -> None:
    for flags, options in arguments.items():
        own = flags.split()[-1].lstrip("-").replace("-", "_")
        codes = filter(is_known, (f"cli.help.{command}.{own}", f"cli.help.{own}"))
        parser.add_argument(*flags.split(), help=next(map(say, codes), None), **options)


def _language(arguments: Sequence[str]) -> str | None:
    """The value of ``--lang``, needed before the parser with its help texts exists."""
    for i, argument in enumerate(arguments):
        if argument == "--lang" and i + 1 < len(arguments):
            return arguments[i + 1]
        if argument.startswith("--lang="):
            return argument.removeprefix("--lang=")
    return None
