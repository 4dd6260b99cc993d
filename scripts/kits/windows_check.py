"""`make windows-test`: the zip under Wine does what Linux does, writing nothing beside itself.

doctor, ingest, search, a scan (with the second zip) and the double-click, compared with this tree on Linux; the result is kept in
`docs/windows-test.json`. Wine 8 has three gaps that Windows does not have; they are filled in the copy that is
tested: `crealf`, which numpy 2 calls (numpy 1.26 does not); `ProcessPrng`, which Rust asks for random numbers
(`wine_random.c`, built with MinGW); the questions that `_wmi` asks of Windows (Python does without).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scripts.kits.parts import ROOT, SCANNED, UV, run, scan
from scripts.kits.windows import NAME

WORK = ROOT / "build" / "wine"
RESULT = ROOT / "docs" / "windows-test.json"
# Not below the tree: it links to the whole disk.
_PREFIX = Path(tempfile.gettempdir()) / "dxkb-wineprefix"
_PATIENCE = 900  # seconds
_NO_CONSOLE: dict[str, Any] = {
    "stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL,
}  # fmt: skip
_FOR_WINE = "numpy==1.26.4"
_QUESTIONS = (
    "予防接種の電子申請",
    "書かない窓口",
    "examples of smart application forms",
    "豊岡のドローン",
)


def main() -> int:
    """Prints and keeps the result; 0 when all is the same."""
    zipped = next((ROOT / "dist").glob("dxkb-*-windows.zip"))
    shutil.rmtree(WORK, ignore_errors=True)
    place = WORK / "窓口の 共有"
    with zipfile.ZipFile(zipped) as archive:
        archive.extractall(place)
    with zipfile.ZipFile(zipped.with_name(f"{zipped.stem}-ocr.zip")) as archive:
        archive.extractall(place)
    app = place / NAME / "app"
    _require_same(app / "packages")
    _fill_the_gaps(app)
    before = _listed(place)
    told = _double_clicked(app)
    told["nothing_written_beside_the_program"] = _listed(place) == before
    told |= _compared(app)
    told |= {"zip": zipped.name, "wine": run("wine", "--version").strip(), "numpy": _FOR_WINE,
             "at": datetime.now(UTC).isoformat(timespec="seconds"),
             "commit": run("git", "rev-parse", "--short", "HEAD").strip()}  # fmt: skip
    RESULT.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(RESULT.read_text("utf-8"))
    return 0 if all(value is not False for value in told.values()) else 1


def _require_same(packages: Path) -> None:
    """What is compared must be one program."""
    for name in ("kb", "ingest", "web", "dxkb"):
        for file in (ROOT / name).rglob("*.py"):
            inside = packages / file.relative_to(ROOT)
            if not inside.is_file() or inside.read_bytes() != file.read_bytes():
                sys.exit(f"{file.name} is another in the zip: make windows first")


def _listed(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


def _fill_the_gaps(app: Path) -> None:
    packages, python = app / "packages", app / "python"
    for path in packages.glob("numpy*"):
        shutil.rmtree(path)
    run(*UV, "pip", "install", "--quiet", "--target", packages, "--python-version", "3.12", "--no-deps",
        "--python-platform", "x86_64-pc-windows-msvc", "--only-binary", ":all:", _FOR_WINE)  # fmt: skip
    run("x86_64-w64-mingw32-gcc", "-shared", "-O1", "-o", python / "bcryptprimitives.dll",
        ROOT / "scripts" / "kits" / "wine_random.c", "-ladvapi32")  # fmt: skip
    (python / "_wmi.pyd").unlink()
    subprocess.run(
        ["wine", "winecfg", "-v", "win10"],
        env=_env(),
        check=True,
        capture_output=True,
        timeout=_PATIENCE,
    )


def _compared(app: Path) -> dict[str, Any]:
    corpus, python = app / "corpus", str(app / "python" / "python.exe")
    wine, linux = ("wine", python, "-m", "dxkb"), (sys.executable, "-m", "dxkb")
    told: dict[str, Any] = {}
    answers = []
    for name, command in (("wine", wine), ("linux", linux)):
        data = str(WORK / f"data {name}")
        started = time.monotonic()
        ingested = _json(*command, "ingest", str(corpus), "--data", data, "--json")
        told[f"ingest_seconds_{name}"] = round(time.monotonic() - started, 1)
        doctor = _json(*command, "doctor", "--data", data, "--json", corpus=corpus)
        found = [_json(*command, "search", q, "--data", data, "--json") for q in _QUESTIONS]
        told[f"doctor_{name}"] = doctor["ok"]
        told[f"scan_is_read_{name}"] = SCANNED in str(
            _json(*command, "extract", str(scan(WORK / "scan.pdf")), "--data", data, "--json")
        )
        answers.append((_essence(ingested, found), found))
    told["ingest_same"] = answers[0][0][0] == answers[1][0][0]
    told["search_same"] = answers[0][0][1] == answers[1][0][1]
    told["cases"] = answers[0][0][0][0]
    return told


def _essence(ingested: dict[str, Any], found: list[dict[str, Any]]) -> tuple[Any, Any]:
    files = [
        (f["path"], f["status"], f["reason_code"], f["cases"], f["chunks"])
        for f in ingested["files"]
    ]
    return (ingested["cases"], files), [
        [(r["case_id"], round(r["score"], 2)) for r in one["results"]] for one in found
    ]


def _json(*command: str, corpus: Path | None = None) -> dict[str, Any]:
    env = {**_env(), **({"DXKB_CORPUS": str(corpus)} if corpus else {})}
    done = subprocess.run(
        command, capture_output=True, text=True, env=env, cwd=ROOT, input="", timeout=_PATIENCE
    )
    if not done.stdout.strip():
        sys.exit(f"{command}: {done.returncode}\n{done.stderr[-3000:]}")
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _env() -> dict[str, str]:
    return {**os.environ, "WINEPREFIX": str(_PREFIX), "WINEDEBUG": "-all"}


def _double_clicked(app: Path) -> dict[str, Any]:
    """Two people at once; each a second time; stopped."""
    urls, places = [], []
    for person in ("山田 太郎", "佐藤"):
        profile = WORK / "profiles" / person
        profile.mkdir(parents=True)
        places.append((profile, profile / "dxkb" / "running.json"))
        _as(profile, app, "cmd", "/c", app.parent / "DX事例ナレッジを開く.cmd")
        urls.append(_answering(places[-1][1]))
        _as(profile, app, app / "python" / "pythonw.exe", "-m", "dxkb.desktop", "open", "--quiet")
    same = [_first_result(url) for url in urls]
    notes = [json.loads(note.read_text("utf-8"))["url"] for _, note in places]
    for profile, _ in places:
        _as(profile, app, "cmd", "/c", app.parent / "止める.cmd")
    return {
        "two_people_two_servers": urls[0] != urls[1], "second_click_starts_none": notes == urls,
        "served_the_same": same[0] == same[1] != "", "stopped": all(_is_gone(url) for url in urls),
    }  # fmt: skip


def _as(profile: Path, app: Path, *command: object) -> None:
    """Runs something as a person with that profile: Wine takes LOCALAPPDATA from nowhere else."""
    code = (
        "import os, subprocess, sys; os.environ.update(LOCALAPPDATA=sys.argv[1], BROWSER='winver.exe');"
        "sys.exit(subprocess.run(sys.argv[2:]).returncode)"
    )
    words = [
        "Z:" + str(w).replace("/", "\\") if isinstance(w, Path) else str(w)
        for w in (profile, *command)
    ]
    runner = ("wine", str(app / "python" / "pythonw.exe"), "-c", code)
    subprocess.run([*runner, *words], env=_env(), check=True, timeout=_PATIENCE, **_NO_CONSOLE)


def _is_gone(url: str) -> bool:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"{url}healthz", timeout=5).close()
        except OSError:
            return True
        time.sleep(1)
    return False


def _answering(note: Path) -> str:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        try:
            url: str = json.loads(note.read_text("utf-8"))["url"]
            with urllib.request.urlopen(f"{url}healthz", timeout=5):
                return url
        except (OSError, ValueError):
            time.sleep(1)
    sys.exit("no answer from the double-click under Wine")


def _first_result(url: str) -> str:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        with urllib.request.urlopen(
            f"{url}api/v1/search?mode=lexical&q=%E7%AA%93%E5%8F%A3", timeout=30
        ) as answer:
            found = json.load(answer)["results"]
        with urllib.request.urlopen(f"{url}healthz", timeout=30) as answer:
            if found and not json.load(answer)["ingesting"]:
                return str(found[0]["case_id"])
        time.sleep(1)
    return ""


if __name__ == "__main__":
    sys.exit(main())
