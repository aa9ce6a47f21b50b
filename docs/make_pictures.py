"""Makes docs/pictures: the viewer's views of a run, in a headless Chromium.

`python docs/make_pictures.py runs/demo` after `make demo` and `npm ci --prefix viewer/web`; `--room` and `--photo` add
the views of finished runs of `scenewright new room` and `new photo`.
"""

import argparse
import json
import shutil
import subprocess
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image

from meshing.room.furnish import furnish
from pipeline.commands.room_desk import room_desk
from pipeline.commands.view import Starter
from viewer.listen import serving
from viewer.rooms import RoomDesk
from viewer.sample import write_sample_run
from viewer.server import make_app

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
QUALITY = 82


def served(run: Path, rooms: RoomDesk | None = None) -> AbstractContextManager[str]:
    """A viewer of this run; gives its address."""
    invitation = {
        "address": "http://localhost:8000/",
        "lan": False,
        "adb": "adb reverse tcp:8000 tcp:8000",
        "qr": None,
    }
    return serving(make_app(run, invitation=invitation, rooms=rooms))


def bedroom(folder: Path) -> tuple[Path, RoomDesk]:
    """An empty run with the plan of a bedroom to outline."""
    plan = furnish("a bedroom with a desk by the window and a bookshelf")
    plan.save(folder / "room")
    return folder, room_desk(folder, Starter(folder))


def main() -> None:
    """Shoot every view and keep it small."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("run", type=Path, help="a finished run of assets/jobs/demo.json")
    parser.add_argument("--room", type=Path, help="a finished run of `scenewright new room`")
    parser.add_argument("--photo", type=Path, help="a finished run of `scenewright new photo`")
    parser.add_argument("--only", nargs="*", default=[], help="the names of the pictures to make; all without it")
    given = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with TemporaryDirectory() as name:
        folder = Path(name)
        running = write_sample_run(folder / "running", "running")
        failed = write_sample_run(folder / "failed", "failed")
        runs: dict[str, tuple[Any, ...]] = {"finished": (given.run,), "running": (running,), "failed": (failed,)}
        runs |= {"room": bedroom(folder / "outlined")}
        runs |= {f"made_{name}": (run,) for name, run in (("room", given.room), ("photo", given.photo)) if run}
        with ExitStack() as servers:
            addresses = json.dumps({name: servers.enter_context(served(*what)) + "/" for name, what in runs.items()})
            script = ROOT / "docs/make_pictures.mjs"
            subprocess.run(["node", script, str(chromium), addresses, folder, *given.only], check=True)
        PICTURES.mkdir(exist_ok=True)
        for picture in sorted(folder.glob("*.png")):
            Image.open(picture).convert("RGB").save(PICTURES / f"{picture.stem}.webp", quality=QUALITY, method=6)
            print(PICTURES / f"{picture.stem}.webp")


if __name__ == "__main__":
    main()
