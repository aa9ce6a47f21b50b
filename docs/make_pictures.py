"""Makes docs/pictures: the viewer's views of a run, in a headless Chromium.

`python docs/make_pictures.py runs/demo` after `make demo` and `npm ci --prefix viewer/web`.
"""

import argparse
import json
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import uvicorn
from PIL import Image

from viewer.sample import write_sample_run
from viewer.server import make_app

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
QUALITY = 82


@contextmanager
def served(run: Path) -> Iterator[str]:
    """The address of a viewer of this run."""
    app = make_app(
        run,
        invitation={
            "address": "http://localhost:8000/",
            "lan": False,
            "adb": "adb reverse tcp:8000 tcp:8000",
            "qr": None,
        },
    )
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, ws="none", lifespan="off", log_config=None))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://localhost:{listener.getsockname()[1]}/"
        finally:
            app.state.closing = server.should_exit = True
            thread.join()


def main() -> None:
    """Shoot every view and keep it small."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("run", type=Path, help="a finished run of assets/jobs/demo.json")
    run = parser.parse_args().run
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with TemporaryDirectory() as name:
        folder = Path(name)
        running = write_sample_run(folder / "running", "running")
        failed = write_sample_run(folder / "failed", "failed")
        with served(run) as finished_at, served(running) as running_at, served(failed) as failed_at:
            addresses = json.dumps({"finished": finished_at, "running": running_at, "failed": failed_at})
            subprocess.run(["node", ROOT / "docs/make_pictures.mjs", str(chromium), addresses, folder], check=True)
        PICTURES.mkdir(exist_ok=True)
        for picture in sorted(folder.glob("*.png")):
            Image.open(picture).convert("RGB").save(PICTURES / f"{picture.stem}.webp", quality=QUALITY, method=6)
            print(PICTURES / f"{picture.stem}.webp")


if __name__ == "__main__":
    main()
