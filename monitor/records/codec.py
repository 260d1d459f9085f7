"""Records to JSON bytes and back, strictly.

JSON, not a binary form, so that a person can read the ledger with any Redis client. Every stored document carries the schema's
version once, in `<prefix>:schema` (docs/redis.md), not in each record.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from monitor.errors import SchemaMismatch

T = TypeVar("T")

_encoder = msgspec.json.Encoder(order="deterministic")


def encode(record: object) -> bytes:
    """The record as JSON; equal records give equal bytes (sets are sorted)."""
    return _encoder.encode(record)


def decode(data: bytes, kind: type[T]) -> T:
    """The record of the given kind. Raises SchemaMismatch where the bytes do not hold one."""
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise SchemaMismatch(f"stored data do not hold a {kind.__name__}: {error}") from error
