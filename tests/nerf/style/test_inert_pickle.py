"""Pickles are written here by the standard library and by hand; only our own reader reads them."""

import collections
import importlib
import os
import struct
from pathlib import Path
from typing import Any

import pytest

from nerf.style.inert_pickle import Call, Name, Persistent, read

WRITER = importlib.import_module("pickle")  # writes only; that nothing imports it to read is tested elsewhere


def anything(name: Name) -> bool:
    return True


def plain(name: Name) -> bool:
    return name.module == "collections"


class Runs:
    """What an attacker makes: a call of any function at loading."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.what = function, arguments

    def __reduce__(self) -> Any:
        return self.what


@pytest.mark.parametrize("protocol", range(6))
def test_plain_values_are_what_they_were(protocol: int) -> None:
    value = {
        "a": [1, 2.5, True, None, 2**80, -7, "é", b"bytes", ("x",), (1, 2, 3, 4), {}, [], {1: 2}],
        5: {"nested": [[], [[0]]]},
    }
    found, end = read(WRITER.dumps(value, protocol) + b"rest", "a.pkl", lambda name: name.module == "_codecs")
    assert end == len(WRITER.dumps(value, protocol))
    if protocol >= 3:  # before, bytes are a call of a codec, which stays one
        assert found == value


def test_a_call_is_written_down_and_not_made(tmp_path: Path) -> None:
    victim = tmp_path / "gone"
    victim.touch()
    for protocol in range(6):
        found, _ = read(WRITER.dumps(Runs(os.unlink, str(victim)), protocol), "a.pkl", anything)
        assert isinstance(found, Call)
        assert found.what.name == "unlink"
        assert found.arguments == (str(victim),)
    assert victim.exists()


@pytest.mark.parametrize("made", [
    Runs(os.system, "true"),
    Runs(eval, "1"),
    Runs(getattr, "text", "upper"),
    [{"deep": (Runs(exec, "x = 1"),)}],
    Runs(Runs, Runs(os.system, "true")),
    collections.OrderedDict(a=Runs(importlib.import_module, "os")),
], ids=["system", "eval", "getattr", "nested", "reduce in reduce", "import in a dict"])  # fmt: skip
@pytest.mark.parametrize("protocol", [0, 2, 5])
def test_hostile_names_are_refused_by_their_name(made: Any, protocol: int) -> None:
    with pytest.raises(ValueError, match=r"^a.pkl: asks for .*, which is not allowed$"):
        read(WRITER.dumps(made, protocol), "a.pkl", plain)


HOSTILE = {
    "name built from parts": b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x04true\x85R.",
    "old instance": b"(ios\nsystem\n.",
    "object from a class": b"(cos\nsystem\nS'true'\no.",
    "extension": b"\x82\x01.",
    "outside": b"Pkey\n.",
    "outside by value": b"N\x51.",
    "state of a list": b"]}b.",
    "state of a name": b"ccollections\nOrderedDict\n}b.",
    "call of text": b"S'print'\n)R.",
    "call of a list": b"])R.",
    "new of a number": b"K\x01)\x81.",
    "buffer of the caller": b"\x97.",
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_tricks_end_in_one_sentence(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"^a.pkl: [^\n]+$"):
        read(content, "a.pkl", plain)


BROKEN = {
    "empty": b"",
    "no end": b"]",
    "nothing to stop at": b".",
    "text": b"hello, world",
    "memo that is not there": b"h\x07.",
    "no mark": b"K\x01t.",
    "mark as a value": b"(.",
    "huge bytes": b"\x8e" + struct.pack("<Q", 2**62) + b"x.",
    "huge text": b"\x8d" + struct.pack("<Q", 2**40) + b"x.",
    "huge number": b"\x8b" + struct.pack("<i", 2**31 - 1) + b"\x01.",
    "negative length": b"\x8b" + struct.pack("<i", -5) + b".",
    "list as a key": b"}]K\x01s.",
    "odd items": b"}(K\x01u.",
    "append to a number": b"K\x01K\x02a.",
    "items of a number": b"K\x01K\x02K\x03s.",
    "digits without end": b"I" + b"9" * 10_000 + b"\n.",
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_what_is_no_pickle_is_told(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"^a.pkl: is not a whole pickle"):
        read(content, "a.pkl", plain)


def test_a_place_in_the_memo_far_away_costs_no_memory() -> None:
    """The standard library's reader makes room for all places before it."""
    assert read(b"K\x05r" + struct.pack("<I", 2**32 - 1) + b".", "a.pkl", plain)[0] == 5


def test_lists_of_lists_of_lists_stay_as_small_as_their_pickle() -> None:
    content = b"]" + b"2" * 3 + b"]" + b"".join(b"(" + b"h\x00" * 10 + b"l\x94" for _ in range(1)) + b"."
    bomb = b"]\x94" + b"".join(b"(" + (b"h" + bytes([n])) * 10 + b"l\x94" for n in range(40)) + b"."
    found, _ = read(bomb, "a.pkl", plain)
    assert len(found) == 10
    assert all(each is found[0] for each in found)
    with pytest.raises(ValueError, match="is not a whole pickle"):
        read(content, "a.pkl", plain)


def test_states_items_and_outside_references_are_kept() -> None:
    found, _ = read(WRITER.dumps(collections.OrderedDict(a=1, b=2)), "a.pkl", plain)
    assert isinstance(found, Call)
    assert found.items == [("a", 1), ("b", 2)]
    outside, _ = read(b"\x80\x02K\x07Q.", "a.pkl", plain, persistent=True)
    assert isinstance(outside, Persistent)
    assert outside.key == 7


def test_cut_short_anywhere_it_is_told() -> None:
    content = WRITER.dumps({"a": [1, 2, (3, "text")], "b": b"x" * 40})
    for length in range(len(content)):
        with pytest.raises(ValueError, match="is not a whole pickle"):
            read(content[:length], "a.pkl", plain)
