"""Models in memory: each loaded once, kept as long as there is room, those used longest ago let go first."""

from __future__ import annotations

import gc
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from jarvis_magic.errors import EndpointRejected, JarvisError

T = TypeVar("T")

_NOTHING: Any = object()


@dataclass(eq=False)
class _Slot(Generic[T]):
    """A model's place: what it takes, how many use it, and the model once it is loaded."""

    model: T = _NOTHING
    size: int = 0
    users: int = 1
    loaded: threading.Event = field(default_factory=threading.Event)
    failure: BaseException | None = None
    turn: threading.Lock = field(default_factory=threading.Lock)


class LoadedModels(Generic[T]):
    """Keeps models that were loaded, up to a number of bytes.

    A model is loaded by the first who wants it, while others wait; models are loaded one after another. One in use is
    never let go. Everything here blocks, and is called in threads.

    Parameters
    ----------
    size_of
        Returns the bytes that a loaded model takes.
    freed
        Called when models were let go, to give their memory back.
    """

    def __init__(self, size_of: Callable[[T], int], freed: Callable[[], object] = gc.collect) -> None:
        self._size_of, self._freed = size_of, freed
        self._slots: OrderedDict[Hashable, _Slot[T]] = OrderedDict()  # used longest ago first
        self._changed = threading.Condition()
        self._loading = threading.Lock()

    def __contains__(self, key: object) -> bool:
        return key in self._slots and self._slots[key].model is not _NOTHING

    def __len__(self) -> int:
        return sum(key in self for key in tuple(self._slots))

    @property
    def size(self) -> int:
        """Bytes of what is kept, and of what is being loaded."""
        return sum(slot.size for slot in tuple(self._slots.values()))

    @contextmanager
    def using(self, key: Hashable, load: Callable[[], T], need: int, most: int) -> Iterator[T]:
        """Hold a model: it is loaded if it is not here, used by nobody else meanwhile, and not let go.

        Parameters
        ----------
        key
            What tells this model from others.
        load
            Loads it.
        need
            The bytes it will take, as far as known before.
        most
            The bytes all models may take together.
        """
        slot = self._held(key, load, need, most)
        try:
            with slot.turn:
                yield slot.model
        finally:
            self._let_go(key, slot)

    def ensure(self, key: Hashable, load: Callable[[], T], need: int, most: int) -> None:
        """Load a model if it is not here, without using it."""
        self._let_go(key, self._held(key, load, need, most))

    def clear(self) -> tuple[Hashable, ...]:
        """Let go of every model that nobody uses, and return their keys."""
        with self._changed:
            gone = tuple(key for key, slot in self._slots.items() if not slot.users)
            for key in gone:
                del self._slots[key]
        self._freed()
        return gone

    def _held(self, key: Hashable, load: Callable[[], T], need: int, most: int) -> _Slot[T]:
        with self._changed:
            slot = self._slots.get(key)
            first = slot is None
            if slot is None:
                slot = self._slots[key] = _Slot()
            else:
                slot.users += 1
        if first:
            self._load(key, slot, load, need, most)
        slot.loaded.wait()
        if slot.failure is not None:
            raise _again(slot.failure)
        return slot

    def _load(self, key: Hashable, slot: _Slot[T], load: Callable[[], T], need: int, most: int) -> None:
        try:
            with self._loading:
                self._make_room(slot, need, most)
                slot.model = load()
                slot.size = self._size_of(slot.model)
        except BaseException as error:
            slot.failure = error
            with self._changed:
                del self._slots[key]
            raise
        finally:
            slot.loaded.set()

    def _make_room(self, slot: _Slot[T], need: int, most: int) -> None:
        """Let models go until this one fits, waiting for those in use; one that never fits is loaded alone."""
        dropped = False
        with self._changed:
            while self.size and self.size + need > most:
                if self._drop_one():
                    dropped = True
                else:
                    self._changed.wait()
            slot.size = need
        if dropped:
            self._freed()

    def _drop_one(self) -> bool:
        """Let go of the model that was used longest ago, if there is one that nobody uses."""
        key = next((key for key, slot in self._slots.items() if not slot.users), _NOTHING)
        if key is _NOTHING:
            return False
        del self._slots[key]
        return True

    def _let_go(self, key: Hashable, slot: _Slot[T]) -> None:
        with self._changed:
            slot.users -= 1
            if self._slots.get(key) is slot:
                self._slots.move_to_end(key)
            self._changed.notify_all()


def _again(failure: BaseException) -> BaseException:
    """The failure of another's load, for those who waited: ours get an error of their own, as its task is written on it."""
    return EndpointRejected(str(failure)) if isinstance(failure, JarvisError) else failure
