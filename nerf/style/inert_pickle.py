"""Reads what a pickle says without doing what it says.

A pickle is a program. This is a machine for it on which nothing can be called: names stay names, calls and states are
written down, and only numbers, text, bytes and containers become what they are. What to make of the record is up to
the reader, who looks for the few names that it knows.
"""

import io
import pickletools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

MOST_OPCODES = 20_000_000


@dataclass(frozen=True)
class Name:
    """A class or function that the pickle refers to; nothing is looked up."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(eq=False)
class Call:
    """Something that the pickle would have called with these arguments, and the states it would have set then."""

    what: Name
    arguments: tuple[Any, ...]
    states: list[Any] = field(default_factory=list)
    items: list[tuple[Any, Any]] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Persistent:
    """An object that lies outside of the pickle, by its key."""

    key: Any


class _Mark:
    pass


MARK = _Mark()


def read(content: bytes, where: str, allowed: Callable[[Name], bool], *, persistent: bool = False) -> tuple[Any, int]:
    """What the first pickle in `content` says, and where it ends.

    Raises ValueError in one sentence for a name that is not `allowed`, for references to outside unless `persistent`,
    and for anything that is no whole pickle.
    """
    machine = _Machine(where, allowed, persistent)
    stream = io.BytesIO(content)
    try:
        for count, (opcode, argument, _) in enumerate(pickletools.genops(stream)):
            if count > MOST_OPCODES:
                raise ValueError(f"{where}: has more than {MOST_OPCODES} operations")
            if opcode.name == "STOP":
                return machine.pop(), stream.tell()
            machine.step(opcode.name, argument)
    except Refused as error:
        raise ValueError(str(error)) from None
    except (ValueError, IndexError, KeyError, TypeError, OverflowError, MemoryError, UnicodeError) as error:
        raise ValueError(f"{where}: is not a whole pickle ({error or type(error).__name__})") from None
    raise ValueError(f"{where}: is not a whole pickle (it has no end)")


class Refused(ValueError):
    """What the pickle wants is not given to it; its text is the whole sentence."""


class _Machine:
    """A stack, a memo, and no way to call anything."""

    def __init__(self, where: str, allowed: Callable[[Name], bool], persistent: bool) -> None:
        self._where, self._allowed, self._persistent = where, allowed, persistent
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}

    def pop(self) -> Any:
        """The top of the stack."""
        if self._stack[-1] is MARK:
            raise ValueError("a mark stands where a value should")
        return self._stack.pop()

    def step(self, name: str, argument: Any) -> None:
        """One operation."""
        if name in VALUES:
            self._stack.append(argument)
        elif name in CONSTANTS:
            self._stack.append(CONSTANTS[name]())
        elif name in ("PROTO", "FRAME"):
            return
        elif name in METHODS:
            METHODS[name](self)
        elif name in MEMO:
            MEMO[name](self, argument)
        elif name == "GLOBAL":
            self._stack.append(self._named(*argument.split(" ", 1)))
        else:
            raise Refused(f"{self._where}: asks for {name}, which is not allowed")

    def _named(self, module: Any, name: Any) -> Name:
        if not isinstance(module, str) or not isinstance(name, str):
            raise TypeError("a name must be text")
        found = Name(module, name)
        if not self._allowed(found):
            raise Refused(f"{self._where}: asks for {found}, which is not allowed")
        return found

    def _marked(self) -> list[Any]:
        """What was put on the stack since the last mark."""
        for place in range(len(self._stack) - 1, -1, -1):
            if self._stack[place] is MARK:
                values = self._stack[place + 1 :]
                del self._stack[place:]
                return values
        raise ValueError("there is no mark")

    def stack_global(self) -> None:
        name, module = self.pop(), self.pop()
        self._stack.append(self._named(module, name))

    def call(self) -> None:
        arguments, what = self.pop(), self.pop()
        self._stack.append(_call(what, arguments))

    def call_with_names(self) -> None:
        names, arguments, what = self.pop(), self.pop(), self.pop()
        self._stack.append(_call(what, arguments))
        self._stack[-1].states.append(names)

    def state(self) -> None:
        state, made = self.pop(), self._stack[-1]
        if not isinstance(made, Call):
            raise Refused(f"{self._where}: sets the state of {type(made).__name__}, which is not allowed")
        made.states.append(state)

    def set_items(self, values: list[Any]) -> None:
        pairs = list(zip(values[::2], values[1::2], strict=True))
        target = self._stack[-1]
        if isinstance(target, Call):
            target.items.extend(pairs)
        elif isinstance(target, dict):
            target.update(pairs)
        else:
            raise TypeError("items are set on what has none")

    def append_all(self, values: list[Any]) -> None:
        if not isinstance(self._stack[-1], list):
            raise TypeError("values are appended to what is no list")
        self._stack[-1].extend(values)

    def add_all(self) -> None:
        values = self._marked()
        if not isinstance(self._stack[-1], set):
            raise TypeError("values are added to what is no set")
        self._stack[-1].update(values)

    def tuple_of(self, count: int) -> None:
        values = tuple(self._stack[len(self._stack) - count :])
        if len(values) != count or any(value is MARK for value in values):
            raise ValueError("a tuple lacks values")
        del self._stack[len(self._stack) - count :]
        self._stack.append(values)

    def outside(self) -> None:
        if not self._persistent:
            raise Refused(f"{self._where}: refers to something outside of itself, which is not allowed")
        self._stack.append(Persistent(self.pop()))

    def keep(self, place: int | None) -> None:
        self._memo[len(self._memo) if place is None else place] = self._stack[-1]

    def recall(self, place: int) -> None:
        self._stack.append(self._memo[place])

    def put(self, value: Any) -> None:
        self._stack.append(value)

    def pop_pair(self) -> list[Any]:
        value, key = self.pop(), self.pop()
        return [key, value]


def _call(what: Any, arguments: Any) -> Call:
    if not isinstance(what, Name) or not isinstance(arguments, tuple):
        raise TypeError("a call needs a name and arguments")
    return Call(what, arguments)


VALUES = {
    "INT", "LONG", "BININT", "BININT1", "BININT2", "LONG1", "LONG4", "FLOAT", "BINFLOAT",
    "STRING", "BINSTRING", "SHORT_BINSTRING", "UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8",
    "BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8",
}  # fmt: skip

CONSTANTS: dict[str, Callable[[], Any]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_LIST": list,
    "EMPTY_DICT": dict,
    "EMPTY_TUPLE": tuple,
    "EMPTY_SET": set,
    "MARK": lambda: MARK,
}

METHODS: dict[str, Callable[[_Machine], Any]] = {
    "POP": lambda machine: machine._stack.pop(),
    "POP_MARK": lambda machine: machine._marked(),
    "DUP": lambda machine: machine.put(machine._stack[-1]),
    "STACK_GLOBAL": _Machine.stack_global,
    "REDUCE": _Machine.call,
    "NEWOBJ": _Machine.call,
    "NEWOBJ_EX": _Machine.call_with_names,
    "BUILD": _Machine.state,
    "SETITEM": lambda machine: machine.set_items(machine.pop_pair()),
    "SETITEMS": lambda machine: machine.set_items(machine._marked()),
    "APPEND": lambda machine: machine.append_all([machine.pop()]),
    "APPENDS": lambda machine: machine.append_all(machine._marked()),
    "ADDITEMS": _Machine.add_all,
    "FROZENSET": lambda machine: machine.put(frozenset(machine._marked())),
    "LIST": lambda machine: machine.put(machine._marked()),
    "TUPLE": lambda machine: machine.put(tuple(machine._marked())),
    "TUPLE1": lambda machine: machine.tuple_of(1),
    "TUPLE2": lambda machine: machine.tuple_of(2),
    "TUPLE3": lambda machine: machine.tuple_of(3),
    "DICT": lambda machine: machine.put({}) if (values := machine._marked()) == [] else machine.put(_pairs(values)),
    "BINPERSID": _Machine.outside,
}

MEMO: dict[str, Callable[[_Machine, Any], None]] = {
    "PUT": _Machine.keep,
    "BINPUT": _Machine.keep,
    "LONG_BINPUT": _Machine.keep,
    "MEMOIZE": _Machine.keep,
    "GET": _Machine.recall,
    "BINGET": _Machine.recall,
    "LONG_BINGET": _Machine.recall,
}


def _pairs(values: list[Any]) -> dict[Any, Any]:
    return dict(zip(values[::2], values[1::2], strict=True))
