"""The role under which a server is asked for somebody who does not see everything: row-level security holds for
it, so that a statement that forgets its condition shows what the labels allow, and nothing beyond.

The tables' owner sees all rows; that is what ingest and the views need.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from typing import Any

_ROLE = "current_user || '_viewer'"
ASKED = f"""SELECT format('CREATE ROLE %1$I NOLOGIN; GRANT %1$I TO %2$I;', {_ROLE}, current_user)"""
"""Brings the SQL with which an administrator makes the role for an owner who may not."""
_ABOUT = f"""SELECT {_ROLE}, EXISTS (SELECT 1 FROM pg_roles WHERE rolname = {_ROLE}),
  (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user)"""
_SHUT = """SELECT c.relname FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace
  AND (c.relname = 'page_readings' OR EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid))
  AND NOT has_table_privilege(%s, c.oid, 'SELECT')"""
_TRIED = """SELECT row_security_active('documents') AND row_security_active('cases'),
  (SELECT instr(d.path, '') FROM documents d LIMIT 1)"""
_MAKING = 0x64786B65  # the advisory lock of whoever makes the role


def reading_role(raw: Any) -> str | None:
    """The role, made and let read as far as the owner of this connection may; None where that is not far
    enough."""
    from psycopg import errors, sql

    refused = errors.InsufficientPrivilege, errors.ReadOnlySqlTransaction, errors.UndefinedTable
    taken = errors.DuplicateObject, errors.UniqueViolation  # by one for another database
    name, is_there, may_make = raw.execute(_ABOUT.encode()).fetchone()
    role = sql.Identifier(name)
    if not is_there and may_make:
        with suppress(*refused, *taken), raw.transaction():
            raw.execute(sql.SQL("CREATE ROLE {}").format(role))
            raw.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(role))
    elif not is_there:
        return None
    with suppress(*refused, errors.UndefinedObject), raw.transaction():
        raw.execute("SELECT pg_advisory_xact_lock(%s)", [_MAKING])
        for (table,) in raw.execute(_SHUT.encode(), [name]).fetchall():
            raw.execute(sql.SQL("GRANT SELECT ON {} TO {}").format(sql.Identifier(table), role))
    with suppress(*refused, errors.InvalidParameterValue), raw.transaction():
        raw.execute("SELECT set_config('role', %s, true)", [name])
        if raw.execute(_TRIED.encode()).fetchone()[0]:
            return str(name)
    return None


def show(raw: Any, labels: Collection[str]) -> None:
    """From now on a connection of the role shows what these labels allow."""
    told = "\n".join(sorted(label for label in labels if label and "\n" not in label))
    if getattr(raw, "dxkb_labels", None) != told:
        raw.dxkb_labels = None
        raw.execute("SELECT set_config('dxkb.labels', %s, false)", [told])
        raw.dxkb_labels = told
