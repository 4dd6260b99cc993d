"""The command ``dxkb``: arguments in, exit status out."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from dxkb import commands
from dxkb.lang import Lang, choose
from dxkb.usage import help_alone, parser_class
from kb import __version__
from kb.base.config import Settings, load_settings
from kb.base.errors import DxkbError, UsageError

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
    run: Command = options.run
    try:
        return run(options, settings, say)
    except DxkbError as error:
        print(f"dxkb: {error.message(say.code)}", file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 1
    except KeyboardInterrupt:
        print(
            say(
                "\ndxkb: 中断しました。途中までの内容は保存されています。",
                "\ndxkb: interrupted. What was done so far is kept.",
            ),
            file=sys.stderr,
        )
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def build_parser(say: Lang) -> argparse.ArgumentParser:
    """The whole command line."""
    parser = parser_class(say)(
        prog="dxkb",
        description=say("自治体DX事例のナレッジベース", "Knowledge base of municipal DX cases"),
    )
    parser.add_argument("--version", action="version", version=f"dxkb {__version__}")
    adders = parser.add_subparsers(
        dest="command", required=True, metavar=say("コマンド", "COMMAND")
    )
    _add_ingest(adders, say)
    _add_search(adders, say)
    _add_show(adders, say)
    _add_brief(adders, say)
    _add_extract(adders, say)
    _add_eval(adders, say)
    _add_serve(adders, say)
    status = _command(adders, say, "status", commands.status, say("資料の一覧と状態", "the ledger"))
    status.add_argument(
        "--all", action="store_true", help=say("正常な資料も表示", "also list what is well")
    )
    _command(
        adders, say, "doctor", commands.doctor, say("動作環境の点検", "check the installation")
    )
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
        help=say(
            "データの置き場所（既定 $DXKB_DATA または ./data）",
            "data folder (default $DXKB_DATA or ./data)",
        ),
    )
    parser.add_argument(
        "--lang", choices=["ja", "en"], help=say("表示の言語", "language of messages")
    )
    parser.add_argument("--json", action="store_true", help=say("JSONで出力", "print JSON"))
    parser.set_defaults(run=run)
    return parser


def _add_ingest(adders: argparse._SubParsersAction[argparse.ArgumentParser], say: Lang) -> None:
    parser = _command(
        adders, say, "ingest", commands.ingest_corpus,
        say("資料フォルダを取り込む", "bring the index up to date with the corpus"),
    )  # fmt: skip
    parser.add_argument(
        "corpus", nargs="?", metavar="CORPUS",
        help=say("資料フォルダ（既定 $DXKB_CORPUS または ./corpus）", "corpus folder (default $DXKB_CORPUS or ./corpus)"),
    )  # fmt: skip
    parser.add_argument(
        "--watch", action="store_true", help=say("変更を見張り続ける", "keep watching for changes")
    )
    parser.add_argument(
        "--reembed", action="store_true",
        help=say("設定中のモデルでベクトルを作り直す", "make the vectors anew with the configured model"),
    )  # fmt: skip


def _add_search(adders: argparse._SubParsersAction[argparse.ArgumentParser], say: Lang) -> None:
    parser = _command(
        adders, say, "search", commands.search, say("事例を調べる", "search for cases")
    )
    parser.add_argument("query", metavar="QUERY", help=say("調べたいこと", "what to look for"))
    parser.add_argument(
        "-k", type=_positive, default=10, metavar="N", help=say("表示する件数", "how many")
    )
    several = [
        ("--municipality", "NAME|CODE", say("自治体（複数可）", "municipality (repeatable)")),
        ("--prefecture", "P", say("都道府県（複数可）", "prefecture (repeatable)")),
        ("--field", "F", say("分野（複数可）", "field (repeatable)")),
    ]
    for flag, metavar, text in several:
        parser.add_argument(flag, action="append", default=[], metavar=metavar, help=text)
    parser.add_argument(
        "--year-from", type=int, metavar="Y", help=say("この年度から", "from fiscal year")
    )
    parser.add_argument(
        "--year-to", type=int, metavar="Y", help=say("この年度まで", "to fiscal year")
    )
    parser.add_argument(
        "--near", metavar="NAME|CODE",
        help=say("この自治体と同じくらいの規模を優先", "prefer municipalities about this size"),
    )  # fmt: skip
    parser.add_argument(
        "--home", metavar="NAME|CODE",
        help=say("「うちと同じ規模」の「うち」", "what 'like ours' means in a question"),
    )  # fmt: skip
    parser.add_argument(
        "--ignore", action="append", default=[], metavar="LABEL",
        help=say("質問から読み取った条件のうち、考えないもの（複数可）",
                 "an understood condition that shall not count (repeatable)"),
    )  # fmt: skip
    _add_mode(parser, say)


def _add_show(adders: argparse._SubParsersAction[argparse.ArgumentParser], say: Lang) -> None:
    parser = _command(adders, say, "show", commands.show, say("事例を一つ表示", "show one case"))
    parser.add_argument("case_id", metavar="CASE_ID")


def _add_brief(adders: argparse._SubParsersAction[argparse.ArgumentParser], say: Lang) -> None:
    text = say("事例を出典つきの資料にする", "write chosen cases as a brief with citations")
    parser = _command(adders, say, "brief", commands.write_brief, text)
    parser.add_argument("case_ids", nargs="+", metavar="CASE_ID")
    parser.add_argument(
        "-o", "--out", type=Path, required=True, metavar="FILE",
        help=say("書き出し先（.docx .xlsx .md）", "where to (.docx, .xlsx, .md)"),
    )  # fmt: skip
    parser.add_argument("--title", default="", help=say("資料の題", "title of the brief"))
    parser.add_argument("--remark", default="", help=say("全体への所見", "a remark on the whole"))


def _add_extract(adders: argparse._SubParsersAction[argparse.ArgumentParser], say: Lang) -> None:
    text = say("取り込まずに読み取り結果を見る", "show what is read from a file")
    parser = _command(adders, say, "extract", commands.extract, text)
    parser.add_argument("file", metavar="FILE", type=Path)


def _add_eval(adders: argparse._SubParsersAction[argparse.ArgumentParser], say: Lang) -> None:
    text = say("検索の良さを測る", "measure search quality")
    parser = _command(adders, say, "eval", commands.evaluate_queries, text)
    parser.add_argument("queries", metavar="QUERIES.jsonl", type=Path)
    parser.add_argument("-k", type=_positive, default=10, metavar="N")
    parser.add_argument(
        "--run", dest="run_file", metavar="OUT.jsonl", type=Path,
        help=say("順位を記録する", "write the rankings"),
    )  # fmt: skip
    parser.add_argument(
        "--against", metavar="OLD.jsonl", type=Path,
        help=say("前の記録と比べる", "compare with an older run"),
    )  # fmt: skip
    _add_mode(parser, say)


def _add_serve(adders: argparse._SubParsersAction[argparse.ArgumentParser], say: Lang) -> None:
    text = say("画面を開けるようにする", "serve the web UI")
    parser = _command(adders, say, "serve", commands.serve, text)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--corpus", metavar="DIR")
    parser.add_argument(
        "--no-watch", action="store_true", help=say("変更を見張らない", "do not watch")
    )


def _add_mode(parser: argparse.ArgumentParser, say: Lang) -> None:
    parser.add_argument(
        "--mode", choices=["hybrid", "lexical", "dense"], default="hybrid",
        help=say("ことばと意味（既定）・ことばだけ・意味だけ", "words and meaning (default), words, meaning"),
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
