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

from dxkb import commands, users
from dxkb.lang import Lang, choose
from dxkb.usage import help_alone, parser_class
from kb import __version__
from kb.base.config import Settings, load_settings
from kb.base.errors import DxkbError, UsageError
from kb.base.filters import FILTERS
from kb.base.log import configure

_LOGGED = ("ingest", "serve")  # what others do leaves no trace on the disk
_FOR_OTHERS = (
    "brief",
    "eval",
)  # what they write is asked for; all else is of the data folder, its owner's
_log = logging.getLogger(__name__)

Command = Callable[[argparse.Namespace, Settings, Lang], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command: 0 success, 1 a failure explained on stderr, 2 wrong usage."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    given = list(sys.argv[1:] if arguments is None else arguments)
    say = choose(_language(given))
    parser = build_parser(say)
    if not given:
        return help_alone(parser)
    options = parser.parse_args(given)
    settings = load_settings()
    if options.data:
        settings = replace(settings, data=Path(options.data))
    if getattr(options, "corpus", None):
        settings = replace(settings, corpus=Path(options.corpus))
    configure(settings.data if options.logged else None, verbose=options.verbose)
    run: Command = options.run
    mask = os.umask(0o077) if options.command not in _FOR_OTHERS else None
    try:
        return run(options, settings, say)
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


def build_parser(say: Lang) -> argparse.ArgumentParser:
    """The whole command line."""
    parser = parser_class(say)(
        prog="dxkb",
        description=say("cli.help"),
    )
    parser.add_argument("--version", action="version", version=f"dxkb {__version__}")
    adders = parser.add_subparsers(dest="command", required=True, metavar=say("cli.help.command"))
    _add_ingest(adders, say)
    _add_search(adders, say)
    _add_show(adders, say)
    _add_brief(adders, say)
    _add_extract(adders, say)
    _add_eval(adders, say)
    _add_serve(adders, say)
    status = _command(adders, say, "status", commands.status, say("cli.help.status"))
    status.add_argument("--all", action="store_true", help=say("cli.help.status.all"))
    _command(adders, say, "doctor", commands.doctor, say("cli.help.doctor"))
    _add_user(adders, say)
    return parser


def _command(
    adders: argparse._SubParsersAction[argparse.ArgumentParser],
    say: Lang,
    name: str,
    run: Command,
    text: str,
) -> argparse.ArgumentParser:
    parser = adders.add_parser(name, help=text, description=text)
    parser.add_argument(
        "--data",
        metavar="DIR",
        help=say("cli.help.data"),
    )
    parser.add_argument("--lang", choices=["ja", "en"], help=say("cli.help.lang"))
    parser.add_argument("--json", action="store_true", help=say("cli.help.json"))
    parser.add_argument("-v", "--verbose", action="store_true", help=say("cli.help.verbose"))
    parser.set_defaults(run=run, logged=name in _LOGGED)
    return parser


def _add_ingest(adders: argparse._SubParsersAction[argparse.ArgumentParser], say: Lang) -> None:
    parser = _command(
        adders, say, "ingest", commands.ingest_corpus,
        say("cli.help.ingest"),
    )  # fmt: skip
    parser.add_argument(
        "corpus", nargs="?", metavar="CORPUS",
        help=say("cli.help.ingest.corpus"),
    )  # fmt: skip
    parser.add_argument("--quick", action="store_true", help=say("cli.help.ingest.quick"))
    parser.add_argument("--watch", action="store_true", help=say("cli.help.ingest.watch"))
    parser.add_argument(
        "--reembed", action="store_true",
        help=say("cli.help.ingest.reembed"),
    )  # fmt: skip


def _add_search(adders: argparse._SubParsersAction[argparse.ArgumentParser], say: Lang) -> None:
    parser = _command(adders, say, "search", commands.search, say("cli.help.search"))
    parser.add_argument("query", metavar="QUERY", help=say("cli.help.search.query"))
    parser.add_argument(
        "-k", type=_positive, default=10, metavar="N", help=say("cli.help.search.k")
    )
    for row in FILTERS.values():
        more: dict[str, Any] = {"action": "append", "default": []} if row.kind == "any" else {}
        parser.add_argument(
            f"--{row.name.replace('_', '-')}", metavar=row.metavar,
            type=int if row.kind == "number" else str,
            help=say(f"cli.help.search.{row.name}"), **more,
        )  # fmt: skip
    parser.add_argument(
        "--near", metavar="NAME|CODE",
        help=say("cli.help.search.near"),
    )  # fmt: skip
    parser.add_argument(
        "--home", metavar="NAME|CODE",
        help=say("cli.help.search.home"),
    )  # fmt: skip
    parser.add_argument(
        "--ignore", action="append", default=[], metavar="LABEL",
        help=say("cli.help.search.ignore"),
    )  # fmt: skip
    parser.add_argument("--strict", action="store_true", help=say("cli.help.search.strict"))
    parser.add_argument(
        "--as", dest="labels", action="append", metavar="LABEL", help=say("cli.help.search.as")
    )
    _add_mode(parser, say)


def _add_show(adders: argparse._SubParsersAction[argparse.ArgumentParser], say: Lang) -> None:
    parser = _command(adders, say, "show", commands.show, say("cli.help.show"))
    parser.add_argument("case_id", metavar="CASE_ID")


def _add_brief(adders: argparse._SubParsersAction[argparse.ArgumentParser], say: Lang) -> None:
    text = say("cli.help.brief")
    parser = _command(adders, say, "brief", commands.write_brief, text)
    parser.add_argument("case_ids", nargs="+", metavar="CASE_ID")
    parser.add_argument(
        "-o", "--out", type=Path, required=True, metavar="FILE",
        help=say("cli.help.brief.out"),
    )  # fmt: skip
    parser.add_argument("--title", default="", help=say("cli.help.brief.title"))
    parser.add_argument("--remark", default="", help=say("cli.help.brief.remark"))


def _add_extract(adders: argparse._SubParsersAction[argparse.ArgumentParser], say: Lang) -> None:
    text = say("cli.help.extract")
    parser = _command(adders, say, "extract", commands.extract, text)
    parser.add_argument("file", metavar="FILE", type=Path)


def _add_eval(adders: argparse._SubParsersAction[argparse.ArgumentParser], say: Lang) -> None:
    text = say("cli.help.eval")
    parser = _command(adders, say, "eval", commands.evaluate_queries, text)
    parser.add_argument("queries", metavar="QUERIES.jsonl", type=Path)
    parser.add_argument("-k", type=_positive, default=10, metavar="N")
    parser.add_argument(
        "--run", dest="run_file", metavar="OUT.jsonl", type=Path,
        help=say("cli.help.eval.run"),
    )  # fmt: skip
    parser.add_argument(
        "--against", metavar="OLD.jsonl", type=Path,
        help=say("cli.help.eval.against"),
    )  # fmt: skip
    _add_mode(parser, say)


def _add_serve(adders: argparse._SubParsersAction[argparse.ArgumentParser], say: Lang) -> None:
    text = say("cli.help.serve")
    parser = _command(adders, say, "serve", commands.serve, text)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--corpus", metavar="DIR")
    parser.add_argument("--no-watch", action="store_true", help=say("cli.help.serve.no_watch"))


def _add_user(adders: argparse._SubParsersAction[argparse.ArgumentParser], say: Lang) -> None:
    text = say("cli.help.user")
    below = adders.add_parser("user", help=text, description=text).add_subparsers(
        dest="action", required=True, metavar=say("cli.help.command")
    )
    users.add_parsers(partial(_command, below, say), say)


def _add_mode(parser: argparse.ArgumentParser, say: Lang) -> None:
    parser.add_argument(
        "--mode", choices=["hybrid", "lexical", "dense"], default="hybrid",
        help=say("cli.help.mode"),
    )  # fmt: skip


def _positive(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 1000:
        raise ValueError(text)
    return number


def _language(arguments: Sequence[str]) -> str | None:
    """The value of ``--lang``, needed before the parser with its help texts exists."""
    for i, argument in enumerate(arguments):
        if argument == "--lang" and i + 1 < len(arguments):
            return arguments[i + 1]
        if argument.startswith("--lang="):
            return argument.removeprefix("--lang=")
    return None
