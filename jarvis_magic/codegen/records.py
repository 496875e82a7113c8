"""Results of libraries as the small records that runs give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jarvis_magic.kinds import RECORDS

from .bundling import Bundle


@dataclass(frozen=True)
class Reading:
    """How a library says what records hold.

    Parameters
    ----------
    fields
        By kind what the library calls the fields of a record, in their order.
    form
        How a field of an item is read.
    """

    fields: Mapping[str, str]
    form: str


def as_records(bundle: Bundle, kind: str, result: str, reading: Reading) -> str:
    """Return the expression of a list of records of what a library returns."""
    record = bundle.add(RECORDS[kind])
    fields = [reading.form.format(item="one", name=name) for name in reading.fields[kind].split(", ")]
    if kind == "masks":  # some are not sure or unsure, but say nothing
        fields[1:] = [f"1.0 if {fields[1]} is None else {fields[1]}", f"{fields[2]}.convert('L')"]
    return f"[{record}({', '.join(fields)}) for one in {result}]"
