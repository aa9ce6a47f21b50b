"""Whatever is wrong with a job or a capture: one clear error that names the place, and nothing is lost."""

import hashlib
import json
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pipeline.cli import main
from pipeline.store import Store
from pipeline.upkeep import verify

SIZE = 24


def call(*arguments: object) -> tuple[int, str, str]:
    """The command line in this process: exit code, output, errors."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main([*map(str, arguments)])
    return code, out.getvalue(), err.getvalue()


def encoded(image: Image.Image, format: str) -> bytes:
    buffer = BytesIO()
    image.save(buffer, format)
    return buffer.getvalue()


def picture(seed: int = 0) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 255, (SIZE, SIZE, 3), np.uint8))


def bomb() -> bytes:
    """A PNG of a few bytes whose header claims 60000 x 60000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    )


def frame(index: int, **changes: Any) -> dict[str, Any]:
    pose = np.eye(4)
    pose[0, 3] = index * 0.1
    return {
        "file_path": f"{index}.png",
        "depth_file_path": f"{index}.depth.png",
        "transform_matrix": pose.tolist(),
        **changes,
    }


def write_capture(folder: Path, frames: list[dict[str, Any]] | None = None, **changes: Any) -> Path:
    """A small capture of three photos of a wall two metres away; `changes` are what is wrong with it."""
    folder.mkdir(parents=True)
    for index in range(3):
        (folder / f"{index}.png").write_bytes(encoded(picture(index), "PNG"))
        depth = Image.fromarray(np.full((SIZE, SIZE), 2000, np.uint16))
        (folder / f"{index}.depth.png").write_bytes(encoded(depth, "PNG"))
    camera = {"w": SIZE, "h": SIZE, "fl_x": 20.0, "fl_y": 20.0, "cx": SIZE / 2, "cy": SIZE / 2}
    frames = [frame(index) for index in range(3)] if frames is None else frames
    (folder / "transforms.json").write_text(json.dumps({**camera, "frames": frames, **changes}))
    return folder


def job_of(capture: str) -> dict[str, Any]:
    return {
        "version": 1,
        "name": "wall",
        "stages": {
            "capture": {"stage": "load_capture", "config": {"path": capture}},
            "surface": {"stage": "fuse_depth", "inputs": {"views": "capture"}, "config": {"voxel": 0.05}},
            "glb": {"stage": "export_gltf", "inputs": {"mesh": "surface"}},
        },
    }


class Place:
    """A folder with a job that has run: its store and its run, which every mistake must leave as they are."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = Store(folder / "store")
        write_capture(folder / "good")
        (folder / "good.json").write_text(json.dumps(job_of("good")))
        assert self.run(folder / "good.json")[0] == 0
        self.before = self.contents()

    def run(self, job: object, *more: object) -> tuple[int, str, str]:
        return call("run", job, "--store", self.store.folder, "--out", self.folder / "out", "--device", "cpu", *more)

    def contents(self) -> dict[str, str]:
        """The checksum of every file of the run and of every stored result."""
        kept = [*(self.folder / "out").rglob("*"), *(self.store.folder / "entries").iterdir(), *self.store.blobs()]
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in kept if path.is_file()}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "400")
        yield Place(tmp_path_factory.mktemp("place"))


def changed(id_: str, **changes: Any) -> dict[str, Any]:
    """The good job with something changed in one of its stages."""
    job = job_of("good")
    job["stages"][id_].update(changes)
    return job


def fused(**config: Any) -> dict[str, Any]:
    return changed("surface", config=config)


def loaded(**config: Any) -> dict[str, Any]:
    return changed("capture", config=config)


def exported(**inputs: Any) -> dict[str, Any]:
    return changed("glb", inputs=inputs)


def nested(depth: int) -> str:
    return '{"stages": {"a": {"stage": "load_capture", "config": {"path": ' + "[" * depth + "]" * depth + "}}}}"


GOOD = job_of("good")
GOOD_TEXT = json.dumps(GOOD)
VOXEL, MANY = "stages.surface.config.voxel", list(range(1, 400))
CYCLE = {id_: {"stage": "simplify_mesh", "inputs": {"mesh": need}} for id_, need in ("ab", "bc", "ca")}

JOBS: dict[str, tuple[bytes | str | dict[str, Any], str]] = {
    "empty": (b"", "line 1 column 1"),
    "blank": (b"  \n\t ", "not JSON"),
    "cut off": (GOOD_TEXT[:-30], "line 1 column"),
    "a list": ("[]", "a job is a JSON object (got a list of 0)"),
    "a number": ("7", "a job is a JSON object (got 7)"),
    "null": ("null", "got null"),
    "text": (b"make me a chair", "line 1 column 1"),
    "not UTF-8": (GOOD_TEXT.encode().replace(b"wall", b"w\xe4ll"), "must be UTF-8 text"),
    "UTF-16": (GOOD_TEXT.encode("utf-16"), "must be UTF-8 text"),
    "binary": (bytes(range(256)), "must be UTF-8 text"),
    "an image": (encoded(picture(), "PNG"), "must be UTF-8 text"),
    "NaN": (GOOD_TEXT.replace("0.05", "NaN"), f"{VOXEL}: must be a finite number"),
    "Infinity": (GOOD_TEXT.replace("0.05", "-Infinity"), f"{VOXEL}: must be a finite number"),
    "1e999": (GOOD_TEXT.replace("0.05", "1e999"), f"{VOXEL}: must be a finite number"),
    "a number of 5000 digits": (GOOD_TEXT.replace("0.05", "9" * 5000), VOXEL),
    "a key twice": (GOOD_TEXT.replace('"voxel"', '"voxel": 1, "voxel"'), f"{VOXEL}: this key stands twice"),
    "half a surrogate": (GOOD_TEXT.replace("wall", "\\ud800"), "name: holds half of a surrogate pair"),
    "nested 150": (nested(150), "nested too deep"),
    "nested 990": (nested(990), "nested too deep"),
    "nested 100000": (nested(100_000), "nested too deep"),
    "trailing comma": (GOOD_TEXT[:-1] + ",}", "line 1 column"),
    "a comment": ("// mine\n" + GOOD_TEXT, "line 1 column 1"),
    "no stages": ({"version": 1}, "stages: is required"),
    "stages empty": ({"stages": {}}, "stages: must have at least 1 item"),
    "stages a list": ({"stages": [1]}, "stages: must be an object (got a list of 1)"),
    "a stage null": ({"stages": {"a": None}}, "stages.a: must be an object (got null)"),
    "unknown top key": ({**GOOD, "sed": 7}, "sed: unknown key; did you mean 'seed'?"),
    "version of the future": ({**GOOD, "version": 2}, "version: this release reads version 1 (got 2)"),
    "version as text": ({**GOOD, "version": "1"}, "version: must be a whole number"),
    "seed negative": ({**GOOD, "seed": -1}, "seed: must be greater than or equal to 0 (got -1)"),
    "name with a path": ({**GOOD, "name": "../../etc/x"}, "name: must be the name of a folder"),
    "id with a path": ({"stages": {"../x": {"stage": "load_capture"}}}, "stages.../x: must be letters, digits"),
    "unknown stage": (changed("surface", stage="fuse_dept"), "stages.surface.stage: no stage is called 'fuse_dept'"),
    "text for a number": (fused(voxel="0.02"), f'{VOXEL}: must be a number (got "0.02")'),
    "true for a number": (fused(voxel=True), f"{VOXEL}: must be a number (got true)"),
    "null for a number": (fused(voxel=None), f"{VOXEL}: must be a number (got null)"),
    "out of range": (fused(voxel=0), f"{VOXEL}: must be greater than 0 (got 0)"),
    "unknown choice": (changed("glb", config={"material": "shiny"}), "stages.glb.config.material: must be"),
    "unknown setting": (fused(voxl=1), "stages.surface.config.voxl: unknown key; did you mean 'voxel'?"),
    "missing setting": (loaded(), "stages.capture.config.path: is required"),
    "missing capture": (loaded(path="goodd"), "goodd'; did you mean 'good'?"),
    "capture of no name": (loaded(path=""), "stages.capture.config.path: no file or folder at ''"),
    "capture with a NUL": (loaded(path="a\0b"), "stages.capture.config.path: no file or folder"),
    "capture of a long name": (loaded(path="x" * 999), "stages.capture.config.path: cannot be read"),
    "dangling input": (
        changed("surface", inputs={"views": "captur"}),
        "stages.surface.inputs.views: no stage has the id",
    ),
    "wrong type of input": (exported(mesh="capture"), "stages.glb.inputs.mesh: takes Mesh | Lods, but 'capture'"),
    "missing input": (exported(), "stages.glb.inputs.mesh: is required (Mesh | Lods, which surface makes)"),
    "unknown input": (exported(mesh="surface", view="capture"), "stages.glb.inputs.view: unknown key"),
    "list for one input": (exported(mesh=["surface"]), "stages.glb.inputs.mesh: takes one stage, not a list of 1"),
    "itself": (changed("surface", inputs={"views": "surface"}), "stages.surface.inputs"),
    "a cycle": ({"stages": CYCLE}, "stages.a.inputs: stages wait for each other: a -> b -> c -> a"),
    "sweep of nothing": (changed("surface", config={}, sweep={"voxel": []}), "needs at least one value"),
    "sweep of too much": (
        changed("surface", config={}, sweep={"voxel": MANY, "max_depth": MANY}),
        "stages.surface.sweep: makes 159201 combinations (allowed: 100000)",
    ),
    "map of no files": (
        changed("capture", config={}, map={"path": {"files": "no/*"}}),
        "stages.capture.map.path.files: nothing matches 'no/*'",
    ),
    "unknown variable": (fused(voxel="${voxel}"), f"{VOXEL}: no variable is called 'voxel'"),
    "variable of a wrong kind": (
        {**changed("capture", stage="${n}"), "variables": {"n": 1}},
        "stages.capture.stage: must be a string (got 1)",
    ),
    "timeout of nothing": (changed("glb", timeout=0), "stages.glb.timeout: must be greater than 0 (got 0)"),
}


def assert_told(place: Place, code: int, said: str, expected: str) -> None:
    """One error, on stderr, that names the place; and everything that was there still is."""
    assert code in (1, 2)
    assert said.startswith("error: ")
    assert expected in said
    assert said.count("error:") == 1
    assert "Traceback" not in said
    assert place.contents() == place.before


@pytest.mark.parametrize("name", JOBS)
def test_a_malformed_job_is_told_and_nothing_is_lost(name: str, place: Place) -> None:
    content, expected = JOBS[name]
    path = place.folder / "job.json"
    text = json.dumps(content) if isinstance(content, dict) else content
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    for command in (
        place.run,
        lambda job: call("check", job),
        lambda job: call("plan", job, "--store", place.store.folder),
    ):
        code, _, said = command(path)
        assert_told(place, code, said, expected)
        assert str(path) in said


def test_a_folder_as_a_job_and_a_file_that_is_too_large_are_told(place: Place) -> None:
    large = place.folder / "large.json"
    with large.open("wb") as file:
        file.truncate(70 * 1024 * 1024)
    for job, expected in (
        (place.folder / "good", "Is a directory"),
        (large, "at most 64 MB"),
        (place.folder / "gone.json", "No such file"),
    ):
        code, _, said = place.run(job)
        assert_told(place, code, said, f"{job}: ")
        assert expected in said
    large.unlink()


def test_a_byte_order_mark_is_no_mistake(place: Place) -> None:
    (place.folder / "bom.json").write_bytes(b"\xef\xbb\xbf" + GOOD_TEXT.encode())
    assert call("check", place.folder / "bom.json")[0] == 0


# Captures


def damage(name: str, content: bytes) -> Callable[[Path], None]:
    """A capture one of whose files holds something else."""
    return lambda folder: (write_capture(folder) / name).write_bytes(content) and None


def frames(*changes: dict[str, Any], **more: Any) -> Callable[[Path], None]:
    """A capture whose first frames, or whose file as a whole, say something wrong."""
    changed = [frame(index, **(changes[index] if index < len(changes) else {})) for index in range(3)]
    return lambda folder: write_capture(folder, changed, **more) and None


def text(content: str) -> Callable[[Path], None]:
    """A capture with another transforms.json."""
    return lambda folder: (write_capture(folder) / "transforms.json").write_text(content) and None


NAN_POSE = json.loads(json.dumps(np.eye(4).tolist()))
NAN_POSE[1][3] = float("nan")

CAPTURES: dict[str, tuple[Callable[[Path], None], str]] = {
    "photo cut short": (damage("1.png", encoded(picture(), "PNG")[:200]), "1.png"),
    "photo as JPEG cut short": (damage("1.png", encoded(picture(), "JPEG")[:300]), "1.png"),
    "photo empty": (damage("1.png", b""), "1.png"),
    "photo is text": (damage("1.png", b"not a picture"), "1.png"),
    "photo is a zip bomb": (damage("1.png", bomb()), "1.png"),
    "depth is a zip bomb": (damage("1.depth.png", bomb()), "depths/00001.png: "),
    "depth cut short": (damage("1.depth.png", encoded(picture(), "PNG")[:150]), "depths/00001.png: "),
    "depth has three channels": (damage("1.depth.png", encoded(picture(), "PNG")), "depths/00001.png: "),
    "pose of NaN": (frames({}, {"transform_matrix": NAN_POSE}), "frames"),
    "pose of words": (frames({}, {"transform_matrix": "left"}), "frames"),
    "pose too small": (frames({}, {"transform_matrix": [[1, 0], [0, 1]]}), "frames"),
    "pose of zeros": (frames({}, {"transform_matrix": np.zeros((4, 4)).tolist()}), "frames"),
    "no frames": (text('{"w": 24, "h": 24, "fl_x": 20, "frames": []}'), "no usable frame is left of 0"),
    "frames of a wrong kind": (text('{"w": 24, "h": 24, "fl_x": 20, "frames": 7}'), "frames"),
    "every file missing": (frames(*({"file_path": f"gone/{i}.png"} for i in range(3))), "gone/0.png is missing"),
    "path outside the capture": (frames({}, {"file_path": "../secret.png"}), "../secret.png"),
    "absolute path outside": (frames({}, {"file_path": "/etc/passwd"}), "/etc/passwd"),
    "path of a wrong kind": (frames({}, {"file_path": 5}), "file_path"),
    "focal length of words": (frames(fl_x="wide"), "fl_x"),
    "focal length of zero": (frames(fl_x=0), "fl_x"),
    "focal length without end": (frames(fl_x=float("inf")), "fl_x"),
    "cut off": (text('{"frames": ['), "transforms.json"),
    "nested too deep": (text("[" * 100_000), "transforms.json"),
    "nothing": (lambda folder: folder.mkdir(), "is no capture that is known"),
    "a text file": (lambda folder: folder.write_text("hello") and None, "is no capture that is known"),
}


@pytest.fixture(scope="module")
def told(place: Place) -> dict[str, str]:
    """What a run says of each malformed capture; all of them in one run, since a failure costs only its stage."""
    stages = {}
    for index, (make, _) in enumerate(CAPTURES.values()):
        make(place.folder / "bad" / f"c{index}")
        stages[f"c{index}"] = {"stage": "load_capture", "config": {"path": f"bad/c{index}"}}
        stages[f"s{index}"] = {"stage": "fuse_depth", "inputs": {"views": f"c{index}"}, "config": {"voxel": 0.05}}
    (place.folder / "secret.png").write_bytes(encoded(picture(), "PNG"))
    (place.folder / "captures.json").write_text(json.dumps({"stages": stages}))
    out = place.folder / "captures"
    code, _, said = call(
        "run", place.folder / "captures.json", "--store", place.store.folder, "--out", out, "--device", "cpu"
    )
    assert code == 1
    assert "Traceback" not in said
    assert verify(place.store) == []
    lines = said.removeprefix("error: ").splitlines()
    return dict(line.removeprefix("stages.").split(": ", 1) for line in lines)


@pytest.mark.parametrize("name", CAPTURES)
def test_a_malformed_capture_is_one_error_that_names_the_place(name: str, told: dict[str, str]) -> None:
    index = list(CAPTURES).index(name)
    mine = [message for stage, message in told.items() if stage in (f"c{index}", f"s{index}")]
    assert len(mine) == 1, f"{name}: {mine}"
    assert CAPTURES[name][1] in mine[0]
    assert not any(word in mine[0] for word in ("Error:", "Traceback", "Errno", "0x", "store/views"))


def test_after_all_that_a_correct_job_reuses_what_it_had(place: Place, told: dict[str, str]) -> None:
    code, text, said = place.run(place.folder / "good.json")
    assert (code, said) == (0, "")
    assert "wall: 0 to run, 3 to reuse" in text
    assert (place.folder / "out" / "outputs" / "glb.glb").read_bytes()[:4] == b"glTF"
