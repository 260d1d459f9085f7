"""Where in an entry a piece of text stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Field(StrEnum):
    """The texts of an entry."""

    TITLE = "title"
    SUMMARY = "summary"
    CONTENT = "content"


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One field's stretch `start..end` of a document's text.

    offsets: for each character of the stretch, its offset in the field as delivered; ends: where what stands for it ends there
    (an "&amp;" has one character and five offsets); both None where the two are the same text.
    """

    field: Field
    start: int
    end: int
    offsets: tuple[int, ...] | None = None
    ends: tuple[int, ...] | None = None

    def raw(self, offset: int) -> int:
        """The offset in the field as delivered for an offset in the document."""
        inside = offset - self.start
        return inside if self.offsets is None else self.offsets[inside]

    def raw_end(self, offset: int) -> int:
        """Behind which offset in the field as delivered the character before this offset of the document ends."""
        inside = offset - self.start
        return inside if self.ends is None else self.ends[inside - 1]
