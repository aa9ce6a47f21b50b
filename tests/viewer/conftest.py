"""What the viewer's tests share: runs to look at, a server on a real port, and a headless browser."""

import io
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image

from viewer import listen
from viewer.sample import write_sample_run

HERE = Path(__file__).parent
NAMELESS = """[...document.querySelectorAll('button, a, input, select, canvas, video, iframe, [role=img]')]
  .filter((one) => {
    const label = one.labels?.[0];
    return !(one.ariaLabel || one.title || one.alt || one.innerText?.trim() || label?.innerText.trim() || label?.title);
  })
  .map((one) => one.outerHTML)"""
WEB = HERE.parents[1] / "viewer" / "web"


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run that nobody changes."""
    return write_sample_run(tmp_path_factory.mktemp("viewer") / "run")


@pytest.fixture
def run(tmp_path: Path, finished_run: Path) -> Path:
    """A finished run of the test's own."""
    return shutil.copytree(finished_run, tmp_path / "run")


@pytest.fixture
def with_files(run: Path) -> Callable[[str, str, dict[str, bytes]], None]:
    """A function that lets a stage, a new one if need be, have made an artifact of this kind from these files."""

    def make(stage: str, kind: str, files: dict[str, bytes]) -> None:
        for name, content in files.items():
            path = run / "artifacts" / stage / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        manifest = json.loads((run / "run.json").read_text())
        listed = [{"path": name, "bytes": len(content), "sha256": "0"} for name, content in files.items()]
        unknown = {"stage": "make", "state": "finished", "needs": [], "metrics": {}}
        manifest["stages"].setdefault(stage, unknown)["output"] = {
            "type": kind,
            "digest": kind,
            "bytes": 1,
            "files": listed,
        }
        (run / "run.json.new").write_text(json.dumps(manifest))
        (run / "run.json.new").replace(run / "run.json")  # a page may be reading it

    return make


@pytest.fixture
def serving() -> Callable[..., Any]:
    """`with serving(app) as address:` runs the application on a port of its own."""
    return partial(listen.serving, timeout_graceful_shutdown=1)


class Browser:
    """A headless Chromium; each method is a call that tests/viewer/browser.mjs answers."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def call(self, name: str, args: Any = None) -> Any:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"call": name, "args": args}) + "\n")
        self.process.stdin.flush()
        return self.answer()

    def answer(self) -> Any:
        assert self.process.stdout is not None
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise AssertionError(answer["error"])
        return answer["value"]

    def open(self, url: str, **settings: Any) -> int:
        return int(self.call("open", {"url": url, **settings}))

    def evaluate(self, code: str) -> Any:
        return self.call("evaluate", code)

    def wait(self, code: str) -> None:
        self.call("wait", code)

    def click(self, selector: str) -> None:
        self.call("click", selector)

    def nameless(self) -> list[str]:
        """The controls that a screen reader could not name."""
        found = self.evaluate(NAMELESS)
        assert isinstance(found, list)
        return found

    def text(self, selector: str) -> str:
        return str(self.evaluate(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''"))

    def picture(self, path: Path, selector: str | None = None) -> np.ndarray:
        """The screenshot's pixels as (h, w, 3), of the whole page or one element."""
        self.call("picture", {"path": str(path), "selector": selector})
        return np.asarray(Image.open(io.BytesIO(path.read_bytes())).convert("RGB")).astype(int)

    def wait_for_model(self) -> None:
        """Until a 3D view is loaded and drawn."""
        self.wait("document.querySelector('.space')?.dataset.state === 'ready'")
        self.wait("Number(document.querySelector('canvas').dataset.pictures) > 1")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser of a test file; opening an address gives it a fresh context.

    It is closed with the file: a page left open goes on drawing and takes a core from all other tests.
    """
    if not (WEB / "node_modules").is_dir() or not shutil.which("node"):
        pytest.skip("needs Node.js and the page's packages: npm ci --prefix viewer/web")
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with subprocess.Popen(
        ["node", str(HERE / "browser.mjs"), str(chromium)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        driver = Browser(process)
        driver.answer()
        yield driver
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """The browser; afterwards nothing may have gone wrong in the page, and no other host been asked."""
    yield browser
    seen = browser.call("seen")
    gone = "net::ERR_CONNECTION_"  # what the page still asked for when the test's server had stopped
    assert [problem for problem in seen["problems"] if gone not in problem] == []
    hosts = {urlsplit(url).hostname for url in seen["requests"] if not url.startswith(("data:", "blob:"))}
    assert hosts == {"localhost"}


@pytest.fixture(scope="session")
def middle_of() -> Callable[[np.ndarray], np.ndarray]:
    """A function from a picture to the colours of the few pixels in its middle."""

    def middle_of(picture: np.ndarray) -> np.ndarray:
        height, width = picture.shape[:2]
        return picture[height // 2 - 3 : height // 2 + 3, width // 2 - 3 : width // 2 + 3].reshape(-1, 3)

    return middle_of
