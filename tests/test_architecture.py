"""The shape of the house: who may import whom, where names come from, and what is tested where."""

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LIBRARIES = ("vision", "nerf", "meshing", "viewer")
OURS = (*LIBRARIES, "pipeline")
COMMAND_LAYER = ("pipeline.api", "pipeline.commands", "pipeline.stages", "pipeline.training")
"""What may know the stages that ship; the rest of `pipeline` is given a catalogue."""

_FAMILIES = (
    *("animals", "belongings", "books", "buildings", "clocks", "craft", "figures", "furniture", "household"),
    *("instruments", "lamps", "mammals", "nature", "pond", "tools", "vehicles", "vessels", "wheeled"),
)

_FURNITURE = ("decor", "fixtures", "parts", "seats", "storage")
_ROOM = ("model", "pages", "pieces", "scene")
_CUDA = ("composite", "encoding", "graph", "jit", "march", "trainer")

UNTESTED_ALONE = {
    **{f"meshing/room/{name}.py": "shapes, each built by test_furniture" for name in _FURNITURE},
    **{f"meshing/room/{name}.py": "a part of a built room, looked at by test_build" for name in _ROOM},
    **{f"nerf/ngp/{name}_cuda.py": "kernels that check one another's results in test_cuda" for name in _CUDA},
    "pipeline/training/pictures.py": "the pictures that test_inpaint learns from",
    **{f"nerf/objects/{family}.py": "shapes and nothing else, each built by test_library" for family in _FAMILIES},
    "meshing/gltf/model.py": "plain data, written by test_writer",
    "meshing/photo/layers.py": "plain data, built by test_build",
    "meshing/photo/pictures.py": "three files as they are, made and kept by test_parallax",
    "nerf/captures/finding.py": "plain data, given by test_doctor",
    "nerf/captures/raw.py": "plain data, made by the test of every reader",
    "nerf/ngp/view.py": "plain data, used by test_photo_store",
    "pipeline/executors/executor.py": "an interface; its implementations are tested",
    "viewer/answers.py": "the shape of an answer; test_server, test_rooms and test_live read such answers",
    "viewer/sample.py": "writes the run that the page's tests look at",
    "viewer/sample_model.py": "the models in that run and in the page's tests, which look at them",
}
"""Source files without a test file of their own, each with the reason."""


def sources(*folders: str) -> list[Path]:
    return [
        path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")) if "node_modules" not in path.parts
    ]


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every module that a file imports, at its top or inside a function, with the line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
            yield node.module or "", node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("library", LIBRARIES)
def test_libraries_know_neither_each_other_nor_the_pipeline(library: str) -> None:
    others = set(OURS) - {library}
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {module}"
        for path in sources(library)
        for module, line in imports(path)
        if module.split(".")[0] in others
    ]
    assert wrong == []


def test_the_framework_does_not_know_the_stages_that_ship() -> None:
    """Nor the libraries behind them; templates alone look at what they write a job for."""
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {module}"
        for path in sources("pipeline")
        if not module_of(path).startswith((*COMMAND_LAYER, "pipeline.template"))
        for module, line in imports(path)
        if module.startswith("pipeline.stages") or module.split(".")[0] in LIBRARIES
    ]
    assert wrong == []


def test_our_names_are_ours() -> None:
    for name in OURS:
        module = importlib.import_module(name)
        assert module.__file__ is None or Path(module.__file__).parent == ROOT / name
        assert [Path(folder) for folder in module.__path__] == [ROOT / name]
    owners = metadata.packages_distributions()
    for name in OURS:
        assert set(owners.get(name, ["scenewright"])) == {"scenewright"}, f"{name} is installed by {owners[name]}"


def test_folders_are_at_most_two_deep_and_have_nouns_of_their_own() -> None:
    for path in sources(*OURS):
        assert len(path.relative_to(ROOT).parts) <= 3, f"{path}: folders are two deep at most"
        assert path.stem not in {"utils", "util", "helpers", "common", "core", "base", "misc"}, path


CODE = sources(*OURS, "tests", "benchmarks", "examples", "docs")


def test_nothing_unpickles() -> None:
    forbidden = {"pickle", "cPickle", "dill", "joblib", "shelve", "marshal", "cloudpickle"}
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {module}"
        for path in CODE
        for module, line in imports(path)
        if module.split(".")[0] in forbidden
    ]
    assert wrong == []
    for path, call, name in calls():
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        if name == "torch.load":
            assert is_constant(given.get("weights_only"), True), (
                f"{path}:{call.lineno}: torch.load needs weights_only=True"
            )
        if name in ("np.load", "numpy.load") and path.parts[0] in OURS:
            assert is_constant(given.get("allow_pickle"), False), (
                f"{path}:{call.lineno}: np.load needs allow_pickle=False"
            )


def calls() -> Iterator[tuple[Path, ast.Call, str]]:
    """Every call in our code, with the dotted name that is called."""
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield path.relative_to(ROOT), node, ast.unparse(node.func)


def is_constant(node: ast.expr | None, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def test_no_test_is_skipped_by_a_function_that_is_never_called() -> None:
    """`skipif(not torch.cuda.is_available, ...)` never skips: a function is always true."""
    known_values = {"sys.platform", "sys.version_info", "os.name"}
    for path, call, name in calls():
        if name.endswith("mark.skipif"):
            for node in ast.walk(call.args[0]):
                called = {id(inner.func) for inner in ast.walk(call.args[0]) if isinstance(inner, ast.Call)}
                if isinstance(node, ast.Attribute) and id(node) not in called:
                    assert ast.unparse(node) in known_values, f"{path}:{call.lineno}: is {ast.unparse(node)} called?"


def forked(path: Path) -> set[int]:
    """The lines on which torch's generator is one that is put back afterwards."""
    blocks = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.With))
    kept = [block for block in blocks if any("fork_rng" in ast.unparse(item) for item in block.items)]
    return {line for block in kept for line in range(block.lineno, (block.end_lineno or block.lineno) + 1)}


def test_no_generator_is_seeded_for_everybody() -> None:
    forbidden = {
        "np.random.seed",
        "numpy.random.seed",
        "random.seed",
        "torch.manual_seed",
        "torch.cuda.manual_seed_all",
    }
    wrong = [
        f"{path}:{call.lineno}: {name}"
        for path, call, name in calls()
        if name in forbidden and path.parts[0] in OURS and call.lineno not in forked(ROOT / path)
    ]
    assert wrong == []


def is_thin(path: Path) -> bool:
    """Adapters: what they do is tested through the command line and through jobs."""
    return path.parent in (ROOT / "pipeline" / "commands", ROOT / "pipeline" / "stages")


def where_tested(path: Path) -> list[Path]:
    """Where a source file may be tested: compiled twins also beside the definition that they are compared with."""
    folder = ROOT / "tests" / path.relative_to(ROOT).parent
    return [folder / f"test_{name}.py" for name in {path.stem, path.stem.removesuffix("_numba")}]


def test_every_source_file_has_a_test_file() -> None:
    missing = [
        str(path.relative_to(ROOT))
        for path in sources(*OURS)
        if path.name != "__init__.py" and not is_thin(path) and not any(test.exists() for test in where_tested(path))
    ]
    assert sorted(set(missing) - UNTESTED_ALONE.keys()) == [], "each has a test file, or a reason in UNTESTED_ALONE"


def test_reasons_are_given_only_where_they_are_needed() -> None:
    for name in UNTESTED_ALONE:
        path = Path(name)
        assert (ROOT / path).is_file(), f"{name} is gone"
        assert not (ROOT / "tests" / path.with_name(f"test_{path.name}")).exists(), f"{name} has a test file now"


def test_tests_have_no_packages() -> None:
    assert list((ROOT / "tests").rglob("__init__.py")) == []


@pytest.mark.parametrize("library", OURS)
def test_importing_a_folder_loads_nothing_heavy(library: str) -> None:
    heavy = {"torch", "numba", "scipy", "skimage", "trimesh"}
    program = f"import sys, {library}; print(sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert (done.stdout, done.stderr) == ("[]\n", "")
