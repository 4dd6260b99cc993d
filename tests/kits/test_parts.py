"""What the kits are made of: pins with hashes, licences, the dictionary. The kits themselves: `make kit-test`,
`make windows-test`."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import fugashi
import pytest
import unidic_lite

from kb.base.libraries import libraries
from kb.language import tokens
from scripts.kits.dictionary import KEPT, slim
from tests.paths import ROOT

_PIN = re.compile(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)", re.MULTILINE)


def pins(file: Path) -> dict[str, str]:
    return {n.lower().replace("_", "-"): v for n, v in _PIN.findall(file.read_text("utf-8"))}


def wanted() -> list[str]:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    return [re.split("[<>=]", one)[0].lower().replace("_", "-") for one in told]


LACKING = {"light": {"sentence-transformers", "rapidocr"}, "full": set(), "ocr": None}


@pytest.mark.parametrize("name", LACKING)
def test_a_lock_holds_all_that_is_wanted_in_the_tested_versions_with_hashes(name: str) -> None:
    """After a change of pyproject.toml or constraints.txt: `make lock`."""
    file = ROOT / "locks" / f"{name}.txt"
    locked, tested = pins(file), pins(ROOT / "constraints.txt")
    if (lacking := LACKING[name]) is not None:
        assert set(wanted()) - set(locked) == lacking
    assert {n: (v, tested[n]) for n, v in locked.items() if n in tested and v != tested[n]} == {}
    for entry in re.split(r"^(?=[a-z])", file.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in entry, entry


def test_the_recognition_of_scans_is_a_part_of_its_own() -> None:
    light, ocr, full = (pins(ROOT / "locks" / f"{name}.txt") for name in ("light", "ocr", "full"))
    assert {"rapidocr", "opencv-python-headless", "shapely"} <= set(ocr)
    assert not set(ocr) & set(light)
    assert (light | ocr).items() <= full.items()


def test_shipped_settings_load_nothing_that_the_light_set_up_lacks() -> None:
    lacking = sorted(
        set(pins(ROOT / "locks" / "full.txt")) - set(pins(ROOT / "locks" / "light.txt"))
    )
    modules = {
        "scikit-learn": "sklearn",
        "sentence-transformers": "sentence_transformers",
        "opencv-python-headless": "cv2",
    }
    blocked = [modules.get(name, name.replace("-", "_")) for name in (*lacking, "torch")]
    code = (
        f"import sys; sys.modules.update(dict.fromkeys({blocked!r}));"
        "import dxkb.serving, dxkb.commands, dxkb.doctor; from kb.base.config import Settings;"
        "from kb.language.encoder import load_encoder; load_encoder(Settings().model).encode_queries(['窓口']);"
        "from kb.language.sentences import SentenceEncoder; SentenceEncoder().encode_queries(['窓口'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr


def test_the_slim_dictionary_says_word_for_word_the_same(tmp_path: Path) -> None:
    shutil.copytree(unidic_lite.DICDIR, tmp_path / "d")
    lexicon = tmp_path / "d" / "sys.dic"
    made = slim(lexicon.read_bytes())
    assert len(made) < lexicon.stat().st_size / 3
    lexicon.write_bytes(made)
    one = fugashi.GenericTagger(f'-d "{tmp_path}/d" -r "{tmp_path}/d/dicrc"')
    words = 0
    for file in sorted((ROOT / "corpus" / "notes").glob("*.md"))[:20]:
        for line in file.read_text("utf-8").splitlines():
            slimmed = [(n.surface, read(n.feature_raw)) for n in one(line)]
            with tokens._one_at_a_time:
                assert slimmed == [(n.surface, read(n.feature_raw)) for n in tokens._tagger()(line)]
            words += len(slimmed)
    assert words > 2000


def read(raw: str) -> object:
    fields = raw.split(",")
    return fields if len(fields) < 12 else [fields[i] for i in sorted(KEPT)]


def test_every_library_that_comes_along_says_its_licence_and_a_choice_is_made() -> None:
    found = {library.name.lower(): library.licence for library in libraries()}
    assert {"fugashi", "tantivy", "tld", "werkzeug"} <= set(
        found
    )  # what is asked for, and what that asks for
    assert {name for name, licence in found.items() if licence == "?"} == set()
    assert found["tld"].startswith("MPL-1.1")
