"""What ships is what the sources build, small enough, and free of addresses."""

import gzip
import hashlib
import json
import re
import subprocess
from pathlib import Path

import pytest

VIEWER = Path(__file__).parents[2] / "viewer"
WEB, PAGE = VIEWER / "web", VIEWER / "page"
BUILD = json.loads((PAGE / "build.json").read_text())


def digests(folder: Path, names: set[str]) -> dict[str, str]:
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}


def test_the_page_was_built_from_the_sources_that_are_here() -> None:
    kinds = {".ts", ".css", ".html", ".svg", ".json", ".mjs"}
    names = {path.name for path in WEB.iterdir() if path.is_file() and path.suffix in kinds}
    assert digests(WEB, names) == BUILD["sources"], "viewer/page is out of step: run npm run build in viewer/web"


def test_the_built_files_are_those_of_that_build() -> None:
    names = {path.name for path in PAGE.iterdir()} - {"build.json"}
    assert digests(PAGE, names) == BUILD["built"]


@pytest.mark.node
def test_building_again_gives_the_same_bytes_and_the_types_hold() -> None:
    if not (WEB / "node_modules").is_dir():
        pytest.skip("needs the page's packages: npm ci --prefix viewer/web")
    done = subprocess.run(["npm", "run", "check"], cwd=WEB, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_first_load_is_under_300_kb_compressed() -> None:
    """All that the page's HTML names, and what that imports without being asked."""
    needed = re.findall(r'(?:src|href)="page/([^"]+\.js)"', (PAGE / "index.html").read_text())
    assert "main.js" in needed
    assert any(name.startswith("modelview") for name in needed), "the view of a model comes along with the page"
    found = set()
    while needed:
        name = needed.pop()
        if name not in found:
            found.add(name)
            needed += [a or b for a, b in re.findall(r'from"\./([^"]+)"|import"\./([^"]+)"', (PAGE / name).read_text())]
    size = sum(len(gzip.compress((PAGE / name).read_bytes(), 9)) for name in found)
    assert size < 300_000
    assert size == pytest.approx(BUILD["first_load_gzip_bytes"], rel=0.01)


def test_what_the_first_picture_needs_is_asked_for_at_once() -> None:
    """The HTML names every script that these import, so that none waits for another to be read."""
    named = set(re.findall(r'(?:src|href)="page/([^"]+\.js)"', (PAGE / "index.html").read_text()))
    for name in named:
        imports = re.findall(r'from"\./([^"]+)"|import"\./([^"]+)"', (PAGE / name).read_text())
        assert {a or b for a, b in imports} <= named


def test_the_page_loads_nothing_from_elsewhere() -> None:
    for path in PAGE.iterdir():
        if path.suffix in (".html", ".css"):
            assert not re.search(r"(?:src|href|url\(|@import)\s*[=(]?\s*[\"']?(?:https?:)?//", path.read_text()), (
                path.name
            )


def test_the_packages_are_pinned_and_their_lock_names_no_registry() -> None:
    package = json.loads((WEB / "package.json").read_text())
    for version in (package["dependencies"] | package["devDependencies"]).values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    lock = json.loads((WEB / "package-lock.json").read_text())
    assert not [name for name, entry in lock["packages"].items() if "resolved" in entry]


def test_the_notices_of_what_is_bundled_ship_along() -> None:
    notices = (PAGE / "NOTICES.txt").read_text()
    for name in ("three.js", "MIT", "Draco", "Basis Universal", "meshoptimizer"):
        assert name in notices
