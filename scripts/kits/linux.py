"""`make kit`: what an administrator installs on a Linux server without a network (x86-64, Python 3.11 to 3.13)."""

from __future__ import annotations

import re
import shutil
import tarfile
import tempfile
from pathlib import Path

from kb import __version__
from scripts.kits.parts import (
    LOCKS,
    ROOT,
    UV,
    Part,
    further_parts,
    own_wheel,
    parts_below,
    pip_download,
    run,
    sha256,
    write_licences,
    write_sbom,
)

PYTHONS = ("3.11", "3.12", "3.13")
_PLATFORMS = (
    "manylinux_2_28_x86_64",
    "manylinux_2_27_x86_64",
    "manylinux_2_17_x86_64",
    "manylinux2014_x86_64",
)
_FILES = Path(__file__).with_name("linux_files")
_NO_WHEEL = "unidic-lite"  # pure, but published as source only


def build(out: Path) -> Path:
    """Makes the archive below `out`, and beside it a second one that adds the recognition of scans."""
    kit = ROOT / "build" / "linux" / f"dxkb-{__version__}-linux-x86_64"
    shutil.rmtree(kit.parent, ignore_errors=True)
    (kit / "wheels").mkdir(parents=True)
    own_wheel(kit / "wheels")
    _fill(kit, "light.txt", further_parts("linux"))
    shutil.copytree(ROOT / "corpus", kit / "corpus")
    for file in (*_FILES.iterdir(), ROOT / "docs" / "dxkb.service", ROOT / "LICENSE"):
        shutil.copy(file, kit)
    made = _packed(kit, kit.name, out / f"{kit.name}.tar")
    scans = kit / "ocr"
    (scans / "wheels").mkdir(parents=True)
    _fill(scans, "ocr.txt", [])
    _packed(scans, f"{kit.name}/ocr", out / f"{kit.name}-ocr.tar")
    return made


def _fill(folder: Path, lock: str, further: list[Part]) -> None:
    """Wheels by hash, the table of their licences and their bill of materials."""
    wheels = folder / "wheels"
    _fetch(wheels, (LOCKS / lock).read_text())
    hashes = {file: sha256(file) for file in sorted(wheels.glob("*.whl"))}
    (folder / "requirements.txt").write_text(_requirements(hashes))
    with tempfile.TemporaryDirectory() as place:
        run(*UV, "pip", "install", "--quiet", "--target", place, "--no-deps", "--no-index",
            "--find-links", wheels, "-r", folder / "requirements.txt")  # fmt: skip
        parts = parts_below(Path(place)) + further
        write_licences(folder / "licences", parts)
    digests = {_named(file)[0]: digest for file, digest in hashes.items()}
    write_sbom(folder / "sbom.cdx.json", parts, digests)


def _fetch(wheels: Path, lock: str) -> None:
    with tempfile.TemporaryDirectory() as place:
        work = Path(place)
        entries = re.split(r"^(?=[a-z])", lock, flags=re.MULTILINE)
        source = "".join(e for e in entries if e.startswith(_NO_WHEEL))
        (work / "wheels.txt").write_text("".join(e for e in entries if not e.startswith(_NO_WHEEL)))
        platforms = [word for name in _PLATFORMS for word in ("--platform", name)]
        for python in PYTHONS:
            pip_download(wheels, "--require-hashes", "--only-binary", ":all:", "--python-version", python,
                         *platforms, "-r", work / "wheels.txt")  # fmt: skip
        if source:
            (work / "source.txt").write_text(source)
            pip_download(
                work, "--require-hashes", "--no-binary", _NO_WHEEL, "-r", work / "source.txt"
            )
            run(
                *UV, "build", "--quiet", "--wheel", "--out-dir", wheels, next(work.glob("*.tar.gz"))
            )


def _named(wheel: Path) -> tuple[str, str]:
    name, version, *_ = wheel.name.split("-")
    return name.replace("_", "-"), version


def _requirements(hashes: dict[Path, str]) -> str:
    """Every wheel by name and version, with the digests of all of its files."""
    lines: dict[str, list[str]] = {}
    for file, digest in hashes.items():
        lines.setdefault("==".join(_named(file)), []).append(f"--hash=sha256:{digest}")
    return "".join(f"{pin} {' '.join(digests)}\n" for pin, digests in sorted(lines.items()))


def _packed(folder: Path, name: str, made: Path) -> Path:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = [f"{sha256(file)}  {file.relative_to(folder)}\n" for file in files]
    (folder / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
    made.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(made, "w") as archive:
        archive.add(folder, name, filter=_of_root)
    (made.parent / f"{made.name}.sha256").write_text(f"{sha256(made)}  {made.name}\n")
    print(f"{made.name}: {made.stat().st_size / 1e6:.1f} MB")
    return made


def _of_root(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    return member


if __name__ == "__main__":
    build(ROOT / "dist")
