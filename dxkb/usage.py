"""Wrong usage of the command line, told in the reader's language."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from typing import Any, NoReturn

from dxkb.lang import Lang
from kb.base.messages import Message, message

_KNOWN = (
    (re.compile(r"the following arguments are required: (?P<a>.+)"), "required"),
    (re.compile(r"argument (?P<a>\S+): invalid choice: '?(?P<b>.*?)'? \(choose from (?P<c>.+)\)"), "choice"),
    (re.compile(r"argument (?P<a>\S+): invalid _positive value: '(?P<b>.*)'"), "positive"),
    (re.compile(r"argument (?P<a>\S+): invalid int value: '(?P<b>.*)'"), "integer"),
    (re.compile(r"argument (?P<a>\S+): expected one argument"), "value"),
    (re.compile(r"argument (?P<a>\S+): expected at least one argument"), "values"),
    (re.compile(r"unrecognized arguments: (?P<a>.+)"), "unknown"),
)  # fmt: skip


def parser_class(say: Lang) -> type[argparse.ArgumentParser]:
    """A parser whose errors and headings are told by ``say``, with the way to the help."""

    class Formatter(argparse.HelpFormatter):
        def add_usage(
            self,
            usage: str | None,
            actions: Iterable[argparse.Action],
            groups: Iterable[argparse._MutuallyExclusiveGroup],
            prefix: str | None = None,
        ) -> None:
            """The line that says how to type it, with our word before it."""
            ours = say("cli.help.heading.usage") if prefix is None else prefix
            super().add_usage(usage, actions, groups, ours)

    class Parser(argparse.ArgumentParser):
        def __init__(self, **options: Any) -> None:
            """Words what argparse itself has in English only."""
            super().__init__(formatter_class=Formatter, add_help=False, **options)
            self._positionals.title = say("cli.help.heading.positional")
            self._optionals.title = say("cli.help.heading.options")
            self.add_argument("-h", "--help", action="help", help=say("cli.help.heading.help"))

        def error(self, message: str) -> NoReturn:
            """Says what is wrong and ends with 2."""
            help_line = say("cli.usage.help", prog=self.prog)
            self.exit(2, f"{self.prog}: {say.told(worded(message))}\n{help_line}\n")

    return Parser


def worded(told: str) -> Message:
    """One of argparse's messages as one of ours; one that is not known as it is."""
    for pattern, code in _KNOWN:
        if match := pattern.fullmatch(told):
            words = {name: value.replace("'", "") for name, value in match.groupdict().items()}
            return message(f"cli.usage.{code}", **words)
    return message("cli.usage", told=told)


def help_alone(parser: argparse.ArgumentParser) -> int:
    """The whole help for somebody who typed no command: wrong usage, but no reproach."""
    parser.print_help(sys.stderr)
    return 2
