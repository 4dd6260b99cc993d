"""``dxkb pack`` and ``dxkb unpack``."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from dxkb.lang import Lang
from kb.base.config import Settings
from kb.base.errors import UsageError


def pack(options: argparse.Namespace, settings: Settings, say: Lang) -> None:
    """``dxkb pack``."""
    from kb.operations.packing import pack

    made = pack(settings, options.file, options.sender, options.labels or (), options.since)
    here = sum(item.here for item in made.items)
    told = {"path": str(options.file), "sender": made.sender, "fingerprint": made.fingerprint,
            "documents": len(made.items), "carried": here, "made_at": made.made_at}  # fmt: skip
    text = say(
        "cli.pack.written",
        n=len(made.items),
        here=here,
        path=options.file,
        fingerprint=made.fingerprint,
    )
    print(json.dumps(told, ensure_ascii=False) if options.json else text)


def unpack(options: argparse.Namespace, settings: Settings, say: Lang) -> None:
    """``dxkb unpack``."""
    from kb.operations.unpacking import inspect_pack, roll_back, unpack

    if options.undo:
        sender = roll_back(settings)
        told: dict[str, object] = {"undone": sender}
        text = say("cli.unpack.undone", sender=sender)
    elif options.file is None:
        raise UsageError("usage.unpack_file")
    else:
        act = inspect_pack if options.inspect else unpack
        merge = act(settings, options.file, options.trust or "")
        told = asdict(merge) | {
            "pack": {"sender": merge.pack.sender, "fingerprint": merge.pack.fingerprint,
                     "made_at": merge.pack.made_at, "documents": len(merge.pack.items)},
            "applied": not options.inspect,
        }  # fmt: skip
        lines = [say("cli.unpack.of", sender=merge.pack.sender, made_at=merge.pack.made_at[:16])]
        for what in ("added", "changed", "gone", "known"):
            paths: tuple[str, ...] = getattr(merge, what)
            lines += [say(f"cli.unpack.{what}", n=len(paths))] if paths else []
            lines += [f"  {path}" for path in paths] if options.inspect else []
        lines += [
            say("cli.unpack.narrowed", path=p, label=say.name("visibility", label))
            for p, label in merge.narrowed
        ]
        lines.append(say("cli.unpack.looked" if options.inspect else "cli.unpack.done"))
        text = "\n".join(lines)
    print(json.dumps(told, ensure_ascii=False) if options.json else text)
