"""What a controller's replies look like on the wire, and how they become values: parsed once, at the border.

The wire form of a plan has the names of format 1, with ``arguments`` as a list of ``{name, value}`` and every field
present, because strict schemas allow no open objects. Reading is tolerant of how it is written, and strict about what
it says: whatever is not clear goes back to the model as a sentence.
"""

from __future__ import annotations

from .choices import choices_schema, read_choices
from .loose_json import Found, values_in
from .plans import growing_draft, plan_schema, read_draft

__all__ = ["Found", "choices_schema", "growing_draft", "plan_schema", "read_choices", "read_draft", "values_in"]
