"""What an event of the audit log is about, in the reader's words: the log itself keeps short codes, which stay
the same whoever reads them."""

from __future__ import annotations

import re

from kb.operations.audit import Event
from web.language import text

_BEGINS = re.compile(
    r"(?P<code>user (?:add|rights|password|disable|enable)|visibility|password|rename|replace|delete|work|everywhere)"
    r"(?= |$) ?(?P<rest>.*)",
    re.DOTALL,
)
_ROLE = re.compile(r"(?<= )(?:role=)?(?P<role>viewer|editor|admin)(?= |$)")
_SEES = re.compile(r"(?<= )sees=(?=\S*$)")
_CHANGES = frozenset({"added", "changed", "deleted", "signed_out"})
"""Actions whose events begin with a code; others name documents and questions only."""


def deed(event: Event) -> str:
    """What an event is about, worded; a document's path and a question as they are."""
    found = _BEGINS.match(event.what) if event.action in _CHANGES else None
    if found is None:
        return event.what
    code, rest = found["code"].replace(" ", "_"), found["rest"]
    if code.startswith("user"):
        rest = _ROLE.sub(lambda role: text(f"audit.role.{role['role']}"), f" {rest}").strip()
        rest = _SEES.sub(text("audit.deed.sees"), rest)
    return " ".join(filter(None, [text(f"audit.deed.{code}"), rest]))
