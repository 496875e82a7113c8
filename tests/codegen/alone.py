"""Code in a process that lacks jarvis_magic, and what is compared of the values it leaves."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

COMPARABLE = '''
def comparable(value):
    """What is compared of a value: all that it says."""
    if hasattr(value, "samples"):
        return [value.rate, value.samples.shape[-1], round(float(abs(value.samples).sum()), 3)]
    if hasattr(value, "source"):
        return [len(value.source), sum(value.source)]
    if hasattr(value, "tobytes") and hasattr(value, "mode"):
        return [value.mode, list(value.size), sum(value.tobytes())]
    if hasattr(value, "to_csv"):
        return value.to_csv()
    if isinstance(value, list):
        return [comparable(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        fields = {name: comparable(getattr(value, name)) for name in value.__dataclass_fields__}
        if set(fields) - {"answer", "score", "start", "end"} or "answer" not in fields:
            return {name: said for name, said in fields.items() if name != "sequence"}
        return [fields.get(name) for name in ("answer", "score", "start", "end")]
    if hasattr(value, "tolist"):
        return [round(number, 5) for number in value.tolist()]
    return round(value, 6) if isinstance(value, float) else value
'''
"""A function, as source, since it runs in both processes."""

_SCRIPT = """
import ast, asyncio, json, sys
sys.modules["jarvis_magic"] = None  # not installed
{comparable}
{before}
found = {{}}
for path, names in {programs}:
    scope = {{name: value for name, value in globals().items() if name in {inputs}}}
    code = compile(open(path).read(), path, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)  # as notebooks do
    try:
        waiting = eval(code, scope)
        if waiting is not None:
            asyncio.run(waiting)
        found[path] = {{name: comparable(scope[name]) for name in names}}
    except Exception as error:
        import traceback
        found[path] = {{"raised": traceback.format_exc()}}
print(json.dumps(found))
"""


@dataclass
class Alone:
    """A process without jarvis_magic, in which programs run one after another, each with the same inputs.

    Parameters
    ----------
    folder
        Where the programs are written.
    before
        What runs first, and defines the inputs.
    inputs
        The names of the inputs.
    environment
        Variables of the environment.
    """

    folder: Path
    before: str = ""
    inputs: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    _programs: list[tuple[str, list[str]]] = field(default_factory=list)

    def add(self, name: str, code: str, names: Sequence[str]) -> None:
        """Take a program, and the names of the values it leaves."""
        assert "jarvis" not in code.casefold()
        (self.folder / f"{name}.py").write_text(code)
        self._programs.append((f"{name}.py", list(names)))

    def run(self) -> dict[str, dict[str, Any]]:
        """What the values of each program are, by its name; of one that fails its traceback, as ``raised``."""
        script = _SCRIPT.format(
            comparable=COMPARABLE,
            before=self.before,
            programs=self._programs,
            inputs=list(self.inputs),
        )
        done = subprocess.run(
            [sys.executable, "-c", script], cwd=self.folder, capture_output=True, text=True, timeout=300,
            env={"PATH": "/usr/bin:/bin", "HOME": str(self.folder), **self.environment},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        found: dict[str, dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
        return {path.removesuffix(".py"): values for path, values in found.items()}


def comparable(value: Any) -> Any:
    """What is compared of a value, as in the other process."""
    names: dict[str, Any] = {}
    exec(COMPARABLE, names)  # noqa: S102 - the same code in both processes
    return json.loads(json.dumps(names["comparable"](value)))
