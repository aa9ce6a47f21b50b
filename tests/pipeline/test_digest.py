"""Content addresses: known sums, what an input is, and a memory that does not trust a file that may have changed."""

import hashlib
import json
import os
import time
from pathlib import Path

import pytest

from pipeline.digest import FileDigests, digest_file, digest_files, digest_value, input_files

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def age(path: Path, seconds: float = 60) -> None:
    """Make a file look as if it had been written some time ago."""
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_a_value_hashes_to_its_canonical_text() -> None:
    assert (
        digest_value({"b": [1, 2.5, None], "a": "ä"})
        == hashlib.sha256('{"a":"ä","b":[1,2.5,null]}'.encode()).hexdigest()
    )
    assert digest_value({"a": 1, "b": 2}) == digest_value({"b": 2, "a": 1})
    assert digest_value([1, 2]) != digest_value([2, 1])
    assert digest_value(1) != digest_value(1.0) != digest_value("1.0")


def test_files_hash_to_their_bytes_one_by_one_and_side_by_side(tmp_path: Path) -> None:
    paths = [tmp_path / str(index) for index in range(9)]
    for index, path in enumerate(paths):
        path.write_bytes(bytes([index]) * index * 100_000)
    expected = [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]
    assert expected[0] == EMPTY
    assert [digest_file(path) for path in paths] == digest_files(paths) == expected
    assert digest_files(paths[:2]) == expected[:2]


def test_a_folder_hashes_to_the_names_and_contents_of_its_files(tmp_path: Path) -> None:
    def folder(name: str, files: dict[str, str]) -> str:
        for path, text in files.items():
            (tmp_path / name / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / path).write_text(text)
        return FileDigests().of_path(tmp_path / name)

    first = folder("one", {"a.txt": "1", "sub/b.txt": "2"})
    assert first == folder("same", {"sub/b.txt": "2", "a.txt": "1"})
    assert first != folder("renamed", {"a.txt": "1", "sub/c.txt": "2"})
    assert first != folder("moved", {"a.txt": "1", "b.txt": "2"})
    assert first != folder("changed", {"a.txt": "1", "sub/b.txt": "3"})
    assert first != folder("more", {"a.txt": "1", "sub/b.txt": "2", "c.txt": ""})


def names(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in input_files(folder)]


def test_hidden_files_and_earlier_runs_are_no_input(tmp_path: Path) -> None:
    for name in (
        "b.txt",
        "a/c.txt",
        ".hidden",
        ".git/x",
        "runs/fox/run.json",
        "runs/fox/job.json",
        "runs/fox/outputs/x",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "job.json").touch()
    assert names(tmp_path) == ["b.txt", "a/c.txt", "other/job.json"]
    assert "outputs/x" in names(tmp_path / "runs" / "fox"), "a run that is asked for itself counts"


def test_links_are_followed_once_and_what_is_no_file_is_left_out(tmp_path: Path) -> None:
    photos, capture = tmp_path / "photos", tmp_path / "capture"
    photos.mkdir()
    capture.mkdir()
    (photos / "1.jpg").write_text("one")
    (capture / "images").symlink_to(photos)
    (capture / "2.jpg").symlink_to(photos / "1.jpg")
    (photos / "back").symlink_to(capture)
    (capture / "broken").symlink_to(tmp_path / "gone")
    os.mkfifo(capture / "pipe")
    assert names(capture) == ["2.jpg", "images/1.jpg"]
    before = FileDigests().of_path(capture)
    (photos / "1.jpg").write_text("another")
    assert FileDigests().of_path(capture) != before


def test_a_name_that_is_no_utf8_is_a_name(tmp_path: Path) -> None:
    strange = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.jpg")
    Path(strange).write_text("x")
    assert len(FileDigests().of_path(tmp_path)) == 64


def test_what_is_gone_is_an_error_and_no_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        FileDigests().of_path(tmp_path / "gone")


def test_an_unchanged_file_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("one")
    age(path)
    digests = FileDigests()
    first = digests.of(path)
    status = path.stat()
    path.write_text("two")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert digests.of(path) == first, "size, time and inode are the same: it was not read again"
    assert FileDigests().of(path) != first


@pytest.mark.parametrize("change", ["time", "size", "inode"])
def test_a_changed_file_is_read_again(change: str, tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("one")
    age(path)
    digests = FileDigests()
    first, status = digests.of(path), path.stat()
    if change == "inode":
        (tmp_path / "b").write_text("two")
        (tmp_path / "b").replace(path)
    else:
        path.write_text("two" if change == "time" else "longer")
    if change != "time":
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert digests.of(path) == hashlib.sha256(path.read_bytes()).hexdigest() != first


def test_a_file_that_has_just_been_written_is_read_again_whatever_its_time_says(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("one")
    digests = FileDigests()
    digests.of(path)
    status = path.stat()
    path.write_text("two")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert digests.of(path) == hashlib.sha256(b"two").hexdigest()


def test_what_was_learnt_is_kept_for_the_next_process_beside_what_others_learnt(tmp_path: Path) -> None:
    memory = tmp_path / "digests.json"
    for name in ("a", "b"):
        (tmp_path / name).write_text(name)
        age(tmp_path / name)
    one, other = FileDigests(memory), FileDigests(memory)
    one.of(tmp_path / "a")
    other.of(tmp_path / "b")
    one.save()
    other.save()
    assert {Path(name).name for name in json.loads(memory.read_text())} == {"a", "b"}
    status = (tmp_path / "a").stat()
    (tmp_path / "a").write_text("x")
    os.utime(tmp_path / "a", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert FileDigests(memory).of(tmp_path / "a") == hashlib.sha256(b"a").hexdigest()
    assert [path.name for path in tmp_path.iterdir() if "new" in path.name] == []


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[1]", b"\xff\x00", b'{"PATH": 5}', b'{"PATH": [1]}', b'{"PATH": [1, 2, 3, "x"]}']
)
def test_a_damaged_memory_costs_time_only(content: bytes, tmp_path: Path) -> None:
    path, memory = tmp_path / "a", tmp_path / "digests.json"
    path.write_text("one")
    age(path)
    memory.write_bytes(content.replace(b"PATH", str(path).encode()))
    digests = FileDigests(memory)
    assert digests.of(path) == hashlib.sha256(b"one").hexdigest()
    digests.save()
    assert json.loads(memory.read_text())[str(path)][3] == hashlib.sha256(b"one").hexdigest()


def test_a_memory_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.touch()
    age(path)
    digests = FileDigests(tmp_path / "gone" / "digests.json")
    assert digests.of(path) == EMPTY
    digests.save()


def test_files_that_are_gone_are_forgotten_and_the_others_are_not(tmp_path: Path) -> None:
    memory, kept, gone = tmp_path / "memory.json", tmp_path / "kept", tmp_path / "gone"
    for path in (kept, gone):
        path.write_text(path.name)
        age(path)
    digests = FileDigests(memory)
    digests.of(kept), digests.of(gone)
    digests.save()
    gone.unlink()
    assert FileDigests(memory).forget_gone() == 1
    assert list(json.loads(memory.read_text())) == [str(kept)]
    assert FileDigests(memory).forget_gone() == 0
