import mimetypes
import os
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from viewer.files import FileAnswer, find_inside, media_type, parse_range


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inside = tmp_path / "run"
    (inside / "outputs").mkdir(parents=True)
    (inside / "outputs/a b.glb").write_bytes(b"glTF")
    (inside / "run.json").write_text("{}")
    (inside / ".run.json.tmp").write_text("half")
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "run-2").mkdir()
    (tmp_path / "run-2/run.json").write_text("secret")
    return inside


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("main.js", "text/javascript; charset=utf-8"),
        ("a.GLB", "model/gltf-binary"),
        ("t.ktx2", "image/ktx2"),
        ("d.wasm", "application/wasm"),
        ("m.usdz", "model/vnd.usdz+zip"),
        ("unknown.xyz", "application/octet-stream"),
        ("no_suffix", "application/octet-stream"),
    ],
)
def test_a_files_type_follows_its_suffix_whatever_the_system_says(name: str, expected: str) -> None:
    mimetypes.add_type("text/plain", ".js")  # what some Windows machines have in their registry
    assert media_type(name) == expected


def test_a_file_inside_is_found(folder: Path) -> None:
    assert find_inside(folder, "outputs/a b.glb") == folder / "outputs/a b.glb"
    assert find_inside(folder, "run.json") == folder / "run.json"


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../secret.txt",
        "../run-2/run.json",
        "outputs/../../secret.txt",
        "outputs//a b.glb",
        "/etc/passwd",
        "//etc/passwd",
        "outputs\\..\\..\\secret.txt",
        "..\\secret.txt",
        "%2e%2e/secret.txt",
        "run.json\0",
        "run.json\0.png",
        "C:/Windows/win.ini",
        "run.json::$DATA",
        ".run.json.tmp",
        "outputs",
        "missing",
        "x" * 5000,
        "run.json/.",
        "run.json/x",
        "\udcff",
    ],
)
def test_nothing_else_is(folder: Path, name: str) -> None:
    assert find_inside(folder, name) is None


def test_links_are_followed_only_inside(folder: Path) -> None:
    (folder / "out.txt").symlink_to(folder.parent / "secret.txt")
    (folder / "up").symlink_to(folder.parent, target_is_directory=True)
    (folder / "loop").symlink_to(folder / "loop")
    (folder / "in.json").symlink_to(folder / "run.json")
    assert find_inside(folder, "out.txt") is None
    assert find_inside(folder, "up/secret.txt") is None
    assert find_inside(folder, "loop") is None
    assert find_inside(folder, "in.json") == folder / "run.json"


def test_a_pipe_is_no_file(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    assert find_inside(folder, "pipe") is None


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", (0, 100)),
        ("bytes=0-0", (0, 1)),
        ("bytes=10-19", (10, 20)),
        ("bytes=90-", (90, 100)),
        ("bytes=90-500", (90, 100)),
        ("bytes=-5", (95, 100)),
        ("bytes=-500", (0, 100)),
        ("bytes=100-", None),
        ("bytes=-0", None),
        ("bytes=20-10", (0, 100)),
        ("bytes=0-1,5-6", (0, 100)),
        ("bytes=a-b", (0, 100)),
        ("bytes=-", (0, 100)),
        ("bytes=" + "9" * 5000 + "-", (0, 100)),
        ("lines=0-1", (0, 100)),
    ],
)
def test_ranges(header: str, expected: tuple[int, int] | None) -> None:
    assert parse_range(header, 100) == expected


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    data = tmp_path / "data.bin"
    data.write_bytes(bytes(range(256)) * 4000)

    async def answer(request: object) -> FileAnswer:
        return FileAnswer(data)

    return TestClient(Starlette(routes=[Route("/", answer)]))


def test_a_range_gives_exactly_those_bytes(client: TestClient) -> None:
    answer = client.get("/", headers={"range": "bytes=300000-700001"})
    assert answer.status_code == 206
    assert answer.headers["content-range"] == "bytes 300000-700001/1024000"
    assert answer.content == (bytes(range(256)) * 4000)[300000:700002]


def test_a_range_outside_is_refused_with_the_size(client: TestClient) -> None:
    answer = client.get("/", headers={"range": "bytes=1024000-"})
    assert (answer.status_code, answer.headers["content-range"]) == (416, "bytes */1024000")


def test_a_known_file_is_not_sent_again_until_it_changes(client: TestClient, tmp_path: Path) -> None:
    first = client.get("/")
    assert len(first.content) == 1_024_000
    again = client.get("/", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    (tmp_path / "data.bin").write_bytes(b"new")
    assert client.get("/", headers={"if-none-match": first.headers["etag"]}).content == b"new"


def test_a_range_of_an_older_file_gives_the_new_one_whole(client: TestClient) -> None:
    answer = client.get("/", headers={"range": "bytes=0-1", "if-range": '"old"'})
    assert (answer.status_code, len(answer.content)) == (200, 1_024_000)


def test_head_tells_the_size_and_sends_nothing(client: TestClient) -> None:
    answer = client.head("/")
    assert (answer.headers["content-length"], answer.content) == ("1024000", b"")


def test_an_empty_file_is_sent_empty(client: TestClient, tmp_path: Path) -> None:
    (tmp_path / "data.bin").write_bytes(b"")
    answer = client.get("/")
    assert (answer.status_code, answer.headers["content-length"], answer.content) == (200, "0", b"")


def test_a_file_that_goes_meanwhile_is_not_found(client: TestClient, tmp_path: Path) -> None:
    (tmp_path / "data.bin").unlink()
    assert client.get("/").status_code == 404
