"""DrawingML, which Word, Excel and PowerPoint share: the words of shapes, diagrams and charts."""

from __future__ import annotations

from typing import Any

DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
ALTERNATE = _MC + "AlternateContent"
CHOICES = (_MC + "Choice", _MC + "Fallback")
"""Several renderings of one thing, and each of them."""


def graphic_lines(root: Any) -> list[str]:
    """The words of a diagram or chart, a line for each paragraph or row of values."""
    found = ["".join(t.text or "" for t in p.iter(DRAWING + "t")) for p in root.iter(DRAWING + "p")]
    names: list[str] = []
    rows: dict[str, list[str]] = {}
    for series in root.iter(CHART + "ser"):
        names += [v.text or "" for v in series.iterfind(f"{CHART}tx//{CHART}v")]
        labels = [v.text or "" for v in series.iterfind(f"{CHART}cat//{CHART}v")]
        values = [v.text or "" for v in series.iterfind(f"{CHART}val//{CHART}v")]
        for label, number in zip(labels, values, strict=False):
            rows.setdefault(label, []).append(number)
    found += ["　".join(names), *(f"{label}　{'　'.join(n)}" for label, n in rows.items())]
    return [line.strip() for line in found if line.strip()]
