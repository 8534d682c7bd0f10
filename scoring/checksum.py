"""A table's fingerprint: copies of tables on the web are often wrong, so ours are pinned."""

import hashlib

from scoring.formula import Table


def table_sha256(table: Table) -> str:
    """The first 16 hex digits of the SHA-256 of "key:value" lines, numbers in their shortest exact form."""
    lines = (f"{key:g}:{value!r}" for key, value in zip(table.keys, table.values, strict=True))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
