# mypy: disable-error-code="untyped-decorator,no-untyped-call,arg-type,misc"
"""The magics: ``%%jarvis`` for requests, ``%jarvis`` for everything around them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from IPython.core.magic import Magics, cell_magic, line_magic, magics_class, no_var_expand
from IPython.core.magic_arguments import argument, magic_arguments
from traitlets import Bool, Enum, Float, Int, TraitType, Unicode

from jarvis_magic.errors import UsageError
from jarvis_magic.settings import descriptions, environment, option_types, resolve

from .waiting import run_blocking, surroundings

if TYPE_CHECKING:
    from jarvis_magic.jarvis import Jarvis
    from jarvis_magic.options import Options

    from .repeating import Again
    from .session import Cell, Session


def _traits() -> dict[str, TraitType[Any, Any]]:
    """A trait for each option, for ``%config JarvisMagics``; ``None``: not set here."""
    made = {name: _trait(name, kind) for name, kind in option_types().items()}
    return {name: trait.tag(config=True) for name, trait in made.items() if trait is not None}


def _trait(name: str, kind: Any) -> TraitType[Any, Any] | None:
    about: dict[str, Any] = {"default_value": None, "allow_none": True, "help": descriptions().get(name, "")}
    if get_origin(kind) is Literal:
        return Enum(get_args(kind), **about)
    made: Any = {bool: Bool, int: Int, float: Float, str: Unicode}.get(kind)
    trait: TraitType[Any, Any] | None = made(**about) if made else None
    return trait


_Configured: Any = type("_Configured", (Magics,), _traits())


@magics_class
class JarvisMagics(_Configured):
    """HuggingGPT in a cell: a request is planned, its tasks are run by expert models, the results become variables."""

    def __init__(self, shell: Any) -> None:
        super().__init__(shell=shell)
        self.cell_key: str | None = None
        self._jarvis: Jarvis | None = None

    @cached_property
    def session(self) -> Session:
        """What this kernel remembers of its cells."""
        from .session import Session

        return Session(self.shell.user_ns)

    def close(self) -> None:
        """Stop what still runs."""
        if self._jarvis is not None:
            self._jarvis.close()

    # an option's dest is the field of `Options` it sets
    @magic_arguments("%jarvis")
    @argument("-o", "--output", metavar="NAMES", help="Bind the outputs to these names; the same as NAMES <<.")
    @argument("-m", "--model", dest="controller", metavar="MODEL", help="The controller: 'offline', or a chat model.")
    @argument("--base-url", metavar="URL", help="The address of the chat model's server.")
    @argument("--key-env", metavar="NAME", help="The environment variable that holds its key.")
    @argument(
        "--use",
        metavar="TASK_OR_ID=MODEL[@PROVIDER]",
        action="append",
        default=[],
        help="An expert model for a task or for all tasks of a type; repeatable.",
    )
    @argument(
        "--approve",
        metavar="ask|auto|plan",
        action="append",
        help="Ask before anything runs, run at once, or only plan.",
    )
    @argument(
        "-y",
        "--yes",
        dest="approve",
        action="append_const",
        const="auto",
        help="Run at once; the same as --approve auto.",
    )
    @argument(
        "-n",
        "--plan-only",
        dest="approve",
        action="append_const",
        const="plan",
        help="Only plan; the same as --approve plan.",
    )
    @argument("--timeout", metavar="SECONDS", help="How long a task may take.")
    @argument("--limit", metavar="N", help="How many calls of experts run at once.")
    @argument(
        "--on",
        dest="cluster",
        metavar="ADDRESS|local",
        help="Run local experts on a Dask cluster: a scheduler's address such as tcp://10.0.0.1:8786, or one made here.",
    )
    @argument("--where", metavar="any|local|remote", help="Which endpoints may be used.")
    @argument(
        "--share", metavar="kinds|shapes|excerpts", help="How much of the inputs a chat model that plans is told."
    )
    @argument("--device", metavar="DEVICE", help="Where local models run: auto, cpu, cuda, cuda:1, mps.")
    @argument("--dtype", metavar="DTYPE", help="What they calculate with: auto, float32, float16, bfloat16.")
    @argument("--model-memory", metavar="GB", help="How much memory local models may take together; 0: half of it.")
    @argument("--max-download", metavar="GB", help="How much of a model may be downloaded without being asked for.")
    @argument("--max-tokens", metavar="N", help="How many tokens of the chat model the run may use.")
    @argument(
        "--lock",
        metavar="FILE",
        default="",
        help="Keep the plan and its expert models in this file, and repeat them from it without planning or asking.",
    )
    @argument(
        "--refresh",
        action="store_const",
        const=True,
        help="Leave aside what the lock and earlier runs hold: plan and run anew.",
    )
    @argument("--respond", action="store_true", help="Have the controller write the answer of a cell that is repeated.")
    @argument("--fresh", action="store_true", help="Leave the results of earlier cells out of it.")
    @argument(
        "--no-response", dest="response", action="store_const", const=False, help="Write no answer from the results."
    )
    @argument(
        "-q",
        "--quiet",
        dest="feedback",
        action="store_const",
        const=0,
        help="Show nothing beside errors and what is asked.",
    )
    @argument("-v", "--verbose", dest="feedback", action="store_const", const=2, help="Say more.")
    @argument("-h", "--help", action="store_true", help="Show this.")
    @no_var_expand
    @cell_magic("jarvis")
    def run_cell(self, line: str, cell: str) -> None:
        """Carry out a request: plan it, show the plan, run its tasks on expert models, bind the results.

        The line is [NAMES << | NAMES = <<] [options]; the body is the request. In it, @name means a variable,
        @"a file.wav" a file, @https://... what is at an address, and {{expression}} the text of a Python expression;
        @@ is a plain @.

        Examples::

          %%jarvis
          Describe @photo in one sentence, then read the description aloud.

          %%jarvis caption, speech <<
          Describe @photo and read the description aloud.

          %%jarvis grey = << -y
          Make @"holiday.jpg" grey and a little brighter.

          %%jarvis --use image-to-text=owner/model --lock captions.json
          Describe each picture of @photos for readers of {{audience}}.
        """
        run_blocking(self._run_cell(line, cell, awaited=False))

    async def await_cell(self, line: str, cell: str) -> None:
        """The same for a cell that awaits, so that the kernel goes on meanwhile."""
        await self._run_cell(line, cell, awaited=True)

    async def _run_cell(self, line: str, body: str, *, awaited: bool) -> None:
        from .flags import read_flags  # here, as all that a cell needs, so that loading the extension stays fast

        flags = read_flags(self.run_cell.parser, line)
        if flags.help:
            print(self.run_cell.__doc__)  # noqa: T201 - the cell's output is the place
            return
        if not body.strip():
            msg = "The cell has no request; write below the line what should be done, for example: Describe @photo."
            raise UsageError(msg)
        from .session import Cell

        key = self.cell_key or f"{line}\n{body}"
        await self.carry_out(Cell(flags, body, key, surroundings(self.shell, awaited=awaited)))

    async def carry_out(self, cell: Cell, again: Again | None = None) -> None:
        """Run a cell; with `again`, bring it up to date."""
        from .cell_run import CellRun

        options = resolve(cell.flags.options, self.configured())
        await CellRun(cell, self.jarvis_for(options), options, self.session, self.shell, again).carry_out()

    @no_var_expand
    @line_magic("jarvis")
    def run_line(self, line: str) -> Any:
        """Everything around ``%%jarvis``: %jarvis help lists it.

        A request stands in a cell that begins with %%jarvis; run %%jarvis? to see how, with its options.

        Examples::

          %jarvis models text-to-speech
          %jarvis why speech
          %jarvis code
        """
        from .line import answer

        return answer(self, line)

    def configured(self) -> dict[str, Any]:
        """The options that ``%config JarvisMagics`` has set."""
        values = {name: getattr(self, name, None) for name in option_types()}
        return {name: value for name, value in values.items() if value is not None}

    def options(self) -> Options:
        """The options that hold where no cell's line says otherwise."""
        return resolve(config=self.configured())

    def jarvis_for(self, options: Options) -> Jarvis:
        """The kernel's one `Jarvis`, with these options and the keys there are now."""
        from jarvis_magic.jarvis import Jarvis
        from jarvis_magic.keys import Keys

        keys = Keys(dict(environment()), options.keys, self.session.typed)
        if self._jarvis is None:
            self._jarvis = Jarvis(options=options, keys=keys)
        elif (self._jarvis.options, self._jarvis.keys) != (options, keys):
            self._jarvis = self._jarvis.with_options(options, keys)
        return self._jarvis
