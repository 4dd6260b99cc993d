"""`make kit-test`: the kit installs without a network into an empty environment and does the main job.

For each Python 3.11 to 3.13 that is here: install.sh in a network namespace of its own, doctor, ingest, search, the second
archive and an update over it, a scan, a changed file refused, uninstall. The result is kept in `docs/kit-test.json`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scripts.kits.linux import PYTHONS
from scripts.kits.parts import ROOT, SCANNED, run, scan, size_of
from scripts.kits.pythons import python_of

RESULT = ROOT / "docs" / "kit-test.json"
_OFFLINE = ("unshare", "--net")


def main() -> int:
    """Prints and keeps the result; 0 when all went well."""
    archive = next((ROOT / "dist").glob("dxkb-*-linux-x86_64.tar"))
    told: dict[str, Any] = {"kit": archive.name, "at": datetime.now(UTC).isoformat(timespec="seconds"),
                            "commit": run("git", "rev-parse", "--short", "HEAD").strip()}  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        _unpack(archive, folder)
        unpacked = next(Path(folder).iterdir())
        for version in PYTHONS:
            python = python_of(version)
            told[version] = _tried(unpacked, archive, python) if python else "not on this machine"
        (unpacked / "requirements.txt").open("a").write("\n")
        refused = _run({}, "sh", unpacked / "install.sh", Path(folder) / "never")
        told["changed_file_refused"] = refused.returncode != 0
    RESULT.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(RESULT.read_text("utf-8"))
    return 0


def _unpack(archive: Path, folder: str | Path) -> None:
    with tarfile.open(archive) as kit:
        kit.extractall(folder, filter="data")


def _tried(kit: Path, archive: Path, python: str) -> dict[str, Any]:
    place = kit.parent
    target, data = place / "入れた 所", place / "data"
    for old in (data, kit / "ocr"):
        shutil.rmtree(old, ignore_errors=True)
    env = {"PYTHON": python}
    started = time.monotonic()
    _must(env, "sh", kit / "install.sh", target)
    seconds = round(time.monotonic() - started, 1)
    dxkb = (target / "venv" / "bin" / "python", "-m", "dxkb")
    corpus = {"DXKB_CORPUS": str(target / "corpus"), "DXKB_DATA": str(data)}
    _must(corpus, *dxkb, "ingest", "--quick")
    doctor = json.loads(_must(corpus, *dxkb, "doctor", "--json"))
    found = json.loads(_must(corpus, *dxkb, "search", "書かない窓口", "--json"))["results"]
    disk = size_of(target)
    (target / "corpus" / "mine.md").write_text("# 私の事例\n", encoding="utf-8")
    _unpack(archive.with_name(f"{archive.stem}-ocr.tar"), place)
    _must(env, "sh", kit / "install.sh", target)
    page = scan(place / "scan.pdf")
    read = SCANNED in _must(corpus, *dxkb, "extract", page, "--json")
    with_scans = size_of(target)
    kept = (target / "corpus" / "mine.md").is_file()
    _must({}, "sh", target / "uninstall.sh")
    left = {path.name for path in target.iterdir()}
    shutil.rmtree(target)
    return {"install_seconds": seconds, "disk_mb": round(disk / 1e6), "doctor": doctor["ok"],
            "first": found[0]["title"], "with_ocr_mb": round(with_scans / 1e6), "scan_is_read": read,
            "update_keeps": kept, "uninstall_leaves": sorted(left)}  # fmt: skip


def _must(env: dict[str, str], *command: object) -> str:
    done = _run(env, *command)
    if done.returncode:
        sys.exit(f"{command}\n{done.stdout}{done.stderr}")
    return done.stdout


def _run(env: dict[str, str], *command: object) -> subprocess.CompletedProcess[str]:
    """With nothing but a path, and no network."""
    plain = {
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": "/nonexistent",
        "LANG": "C.UTF-8",
        **env,
    }
    return subprocess.run([*_OFFLINE, *map(str, command)], env=plain, capture_output=True, text=True,
                          cwd=os.path.sep)  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
