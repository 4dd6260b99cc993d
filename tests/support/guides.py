"""The commands that README and guides show, and the one way in which a test runs each."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from flask.testing import FlaskClient

from dxkb.lang import choose
from dxkb.main import build_parser, main
from tests.paths import ROOT

DOCUMENTS = (
    *sorted(ROOT.glob("README*.md")),
    *(ROOT / name for name in ("CONTRIBUTING.md", "corpus/README.md", "benchmarks/README.md")),
    *sorted((ROOT / "docs").glob("*.md")),
)
_FENCE = re.compile(
    r"^(?P<mark> *<!-- not run: (?P<why>.+?) -->\n)?(?P<indent> *)```(?P<kind>sh|console|powershell)\n(?P<body>.*?)^(?P=indent)```",
    re.MULTILINE | re.DOTALL,
)
_SPLIT = 'show() { printf "%s\\0" "$@"; }; show '
_ASSIGNED = re.compile(r"[A-Z_]+=")
_FINGERPRINT = re.compile(r"[0-9a-f]{4}(?:-[0-9a-f]{4}){3,}")
_PLACES = {
    "/mnt/backup": "backup",
    "/tmp/drill": "drill",
    "/var/lib/dxkb/data": "data",
    "/srv/dxkb/corpus": "corpus",
}
"""Folders of the guides, and what stands for each."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A command as a document shows it, the output printed below it ("" for none), and why it is not run."""

    document: str
    line: str
    output: str
    unrun: str


def shown(document: Path) -> Iterator[Shown]:
    """Every command of a document, in order."""
    name = document.relative_to(ROOT).as_posix()
    for fence in _FENCE.finditer(document.read_text(encoding="utf-8")):
        why = fence["why"] or ("it is of Windows" if fence["kind"] == "powershell" else "")
        lines = [line.removeprefix(fence["indent"]) for line in fence["body"].splitlines()]
        if fence["kind"] == "console":
            for part in re.split(r"^\$ ", "\n".join(lines), flags=re.MULTILINE)[1:]:
                line, _, output = part.partition("\n")
                yield Shown(name, line, output, why)
        else:
            for line in lines:
                if line.strip() and not line.startswith("#"):
                    yield Shown(name, line, "", why)


def agrees(output: str, told: str) -> bool:
    """Whether what was printed is what the document says, where "…" stands for anything."""
    lines = (
        ".*" if line.strip() == "…" else ".*".join(map(re.escape, line.rstrip().split("…")))
        for line in told.rstrip().splitlines()
    )
    return bool(re.fullmatch("\n".join(lines).replace("\n.*", "(?:\n.*)*"), output.rstrip()))


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who types what a document shows, in ``folder`` with its ``data`` and ``corpus``."""

    folder: Path
    client: FlaskClient
    printed: list[str]

    def types(self, line: str) -> str | None:
        """What the command prints; None where it can only be examined. Raises AssertionError when it fails."""
        for told, here in _PLACES.items():
            line = line.replace(told, f"{self.folder}/{here}")
        if "1a2b-…" in line:
            line = line.replace("1a2b-…", _FINGERPRINT.findall("".join(self.printed))[-1])
        words = subprocess.run(
            ["bash", "-c", _SPLIT + line],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split("\0")[:-1]
        if words[0] == "sudo":  # sudo -u NAME env NAME=VALUE … PROGRAM
            words = words[words.index("env") + 1 :]
        while _ASSIGNED.match(words[0]):
            words = words[1:]
        printed = self._runs(Path(words[0]).name, words[1:])
        self.printed.append(printed or "")
        return printed

    def _runs(self, program: str, arguments: Sequence[str]) -> str | None:
        match program:
            case "export":  # each command here has an environment of its own
                return None
            case "dxkb" if arguments[0] in ("serve", "mcp"):
                build_parser(choose("ja")).parse_args(arguments)
                return None
            case "dxkb":
                if arguments[0] == "restore" and not {"--force", "--data"} & set(arguments):
                    shutil.rmtree(self.folder / "data")  # it is shown for an empty place
                return self._dxkb(arguments)
            case "curl":
                return self._asked(arguments)
            case "make":
                done = subprocess.run(
                    ["make", "-n", *arguments], cwd=ROOT, capture_output=True, text=True
                )
                assert done.returncode == 0, done.stderr
                return None
            case "rm" | "ls":
                subprocess.run([program, *arguments], cwd=self.folder, check=True)
                return None
        raise AssertionError(f"nobody knows how to run {program}: mark it, or say how")

    def _dxkb(self, arguments: Sequence[str]) -> str:
        printed = io.StringIO()
        with redirect_stdout(printed):
            status = main(arguments)
        assert status == 0, (arguments, printed.getvalue())
        return printed.getvalue()

    def _asked(self, arguments: Sequence[str]) -> str:
        (url,) = [one for one in arguments if one.startswith("http")]
        asked = [b.split("=", 1) for a, b in pairwise(arguments) if a == "--data-urlencode"]
        answer = self.client.get(url.split(":8000", 1)[1], query_string=dict(asked) or None)
        assert answer.status_code == 200, (url, answer.status_code, answer.text)
        return answer.text


def environment(folder: Path) -> dict[str, str]:
    """Where a reader's commands find their data; Japanese, and the sentence model off: a minute's reading of the
    corpus changes no line that a document shows."""
    return {"DXKB_DATA": str(folder / "data"), "DXKB_CORPUS": str(folder / "corpus"), "DXKB_SENTENCES": "0",
            "LANG": "ja_JP.UTF-8", "LC_ALL": "", "LC_MESSAGES": ""}  # fmt: skip
