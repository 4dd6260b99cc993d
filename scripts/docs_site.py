"""Hooks of mkdocs (mkdocs.yml): pages that live elsewhere in the tree join the site, and links between them hold."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
BORROWED = {
    "CHANGELOG.md": "changelog.md",
    "CODE_OF_CONDUCT.md": "conduct.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security-policy.md",
    "benchmarks/README.md": "benchmarks.md",
    "corpus/README.md": "corpus.md",
    "kb/data/model/README.md": "model.md",
}
"""Path in the tree → page of the site."""

_LINK = re.compile(r"(!?)\[([^\]]*)\]\((?!https?:|mailto:|#)([^)#\s]+)(#[^)\s]*)?\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the borrowed pages, and the files that pages link to as they are."""
    for source, page in BORROWED.items():
        files.append(
            File.generated(config, page, content=(ROOT / source).read_text(encoding="utf-8"))
        )
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Links as they hold in the tree, made to hold in the site; what is not in the site keeps its name only."""
    here = page.file.src_uri
    home = next((s for s, p in BORROWED.items() if p == here), f"docs/{here}")

    def led(link: re.Match[str]) -> str:
        picture, text, target, anchor = link[1], link[2], link[3], link[4] or ""
        path = os.path.normpath(PurePosixPath(home).parent / target)
        to = BORROWED.get(path, path.removeprefix("docs/") if path.startswith("docs/") else None)
        found = files.get_file_from_path(to) if to else None
        if to and found and found.inclusion.is_included():
            return f"{picture}[{text}]({os.path.relpath(to, PurePosixPath(here).parent)}{anchor})"
        return text if (ROOT / path).exists() else link[0]  # strict building tells of the others

    return _LINK.sub(led, markdown)
