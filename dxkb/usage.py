"""Wrong usage of the command line, told in the reader's language."""

from __future__ import annotations

import argparse
import re
import sys
from typing import NoReturn

from dxkb.lang import Lang

_JAPANESE = (
    (re.compile(r"the following arguments are required: (?P<a>.+)"), "{a} を指定してください。"),
    (re.compile(r"argument (?P<a>\S+): invalid choice: '?(?P<b>.*?)'? \(choose from (?P<c>.+)\)"),
     "{a} に「{b}」はありません。次から選んでください: {c}"),
    (re.compile(r"argument (?P<a>\S+): invalid _positive value: '(?P<b>.*)'"),
     "{a} には1から1000までの整数を指定してください（「{b}」は使えません）。"),
    (re.compile(r"argument (?P<a>\S+): invalid int value: '(?P<b>.*)'"),
     "{a} には整数を指定してください（「{b}」は使えません）。"),
    (re.compile(r"argument (?P<a>\S+): expected one argument"), "{a} のあとに値を書いてください。"),
    (re.compile(r"argument (?P<a>\S+): expected at least one argument"), "{a} を一つ以上書いてください。"),
    (re.compile(r"unrecognized arguments: (?P<a>.+)"), "分からない指定があります: {a}"),
)  # fmt: skip


def parser_class(say: Lang) -> type[argparse.ArgumentParser]:
    """A parser whose errors are told by ``say``, with the way to the help."""

    class Parser(argparse.ArgumentParser):
        def error(self, message: str) -> NoReturn:
            """Says what is wrong and ends with 2."""
            help_line = say(
                f"「{self.prog} --help」で使い方を表示します。", f"See '{self.prog} --help'."
            )
            told = message.replace("_positive value", "number (1 to 1000)")
            self.exit(2, f"{self.prog}: {say(in_japanese(message), told)}\n{help_line}\n")

    return Parser


def in_japanese(message: str) -> str:
    """One of argparse's messages in Japanese; one that is not known as it is."""
    for pattern, sentence in _JAPANESE:
        if match := pattern.fullmatch(message):
            words = {name: value.replace("'", "") for name, value in match.groupdict().items()}
            return sentence.format_map(words)
    return message


def help_alone(parser: argparse.ArgumentParser) -> int:
    """The whole help for somebody who typed no command: wrong usage, but no reproach."""
    parser.print_help(sys.stderr)
    return 2
