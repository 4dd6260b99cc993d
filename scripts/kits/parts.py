"""What both kits are made with."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from uv import find_uv_bin

from kb import __version__
from kb.base.libraries import library_of

ROOT = Path(__file__).parents[2]
LOCKS = ROOT / "locks"
UV = (find_uv_bin(), "--no-config")
SCANNED = "SCAN 2026"
FURTHER = ROOT / "scripts" / "kits" / "further.tsv"


@dataclass(frozen=True, slots=True)
class Part:
    """Something that a kit gives away: a package, a model, a runtime."""

    name: str
    version: str
    licence: str
    texts: tuple[Path, ...] = ()


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    """What a command prints; it ends the build where it fails."""
    done = subprocess.run(list(map(str, command)), cwd=cwd, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def pip_download(into: Path, *arguments: str | Path) -> None:
    """Fetches files from the registry, by hash."""
    run(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
        "--dest", into, *arguments)  # fmt: skip


def own_wheel(into: Path) -> Path:
    """dxkb as a wheel, of this tree."""
    with tempfile.TemporaryDirectory() as folder:  # a build looks through all that lies beside
        for name in ("kb", "ingest", "web", "dxkb"):
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, Path(folder) / name, ignore=ignored)
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, folder)
        run(*UV, "build", "--quiet", "--wheel", "--out-dir", into, folder)
    return next(into.glob("dxkb-*.whl"))


def parts_below(packages: Path) -> list[Part]:
    """Every package installed in a folder, with the texts of its licence."""
    found = []
    for one in metadata.distributions(path=[str(packages)]):
        told = library_of(one)
        texts = [
            Path(str(file.locate()))
            for file in one.files or ()
            if "licen" in file.name.lower() or file.name.upper() in ("COPYING", "NOTICE", "BSD")
        ]
        kept = tuple(t for t in texts if t.is_file() and t.suffix not in (".py", ".pyi"))
        found.append(Part(told.name, told.version, told.licence, kept))
    return sorted(found, key=lambda part: part.name.lower())


def further_parts(kit: str) -> list[Part]:
    """What is given away and is no Python package: `further.tsv`."""
    rows = [line.split("\t") for line in FURTHER.read_text("utf-8").splitlines()[1:]]
    return [Part(name, "", licence) for where, name, licence in rows if where in (kit, "both")]


def write_licences(folder: Path, parts: Iterable[Part]) -> None:
    """A table of all parts and, for each, the texts that it brings along."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["# この配布物に含まれるもの / What this kit contains\n"]
    for part in parts:
        lines.append(f"{part.name} {part.version}: {part.licence}")
        for number, text in enumerate(part.texts):
            target = folder / part.name / (text.name if not number else f"{number}-{text.name}")
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(text, target)
    (folder / "LICENCES.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_sbom(file: Path, parts: Iterable[Part], hashes: Mapping[str, str]) -> None:
    """A bill of materials in CycloneDX's JSON; `hashes` are SHA-256 by name."""
    told = {
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": {"component": {"type": "application", "name": "dxkb", "version": __version__}},
        "components": [_component(part, hashes.get(part.name)) for part in parts],
    }  # fmt: skip
    file.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")


def _component(part: Part, sha256: str | None) -> dict[str, object]:
    name = part.name.lower().replace("_", "-")
    told: dict[str, object] = {
        "type": "library", "bom-ref": f"{name}@{part.version}", "name": part.name,
        "version": part.version, "licenses": [{"license": {"name": part.licence}}],
    }  # fmt: skip
    if part.version:
        told["purl"] = f"pkg:pypi/{name}@{part.version}"
    if sha256:
        told["hashes"] = [{"alg": "SHA-256", "content": sha256}]
    return told


def sha256(file: Path) -> str:
    """The digest of a file, as its name is published with."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def scan(file: Path) -> Path:
    """A page that is a picture, which says SCANNED some times: for trying the recognition of scans."""
    from PIL import Image, ImageDraw

    page = Image.new("L", (1240, 1754), 255)
    for top in range(200, 500, 60):
        ImageDraw.Draw(page).text((120, top), SCANNED, fill=0, font_size=40)
    page.save(file, resolution=150)
    return file


def size_of(folder: Path) -> int:
    """Bytes of all files below."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
