"""Renders the demo capture that ships in assets/captures/demo: `python examples/make_demo_capture.py OUT`.

It takes some minutes. The same folder comes out byte for byte on every run.
"""

import sys
from pathlib import Path

from nerf.scenes.sweep import write_demo_capture

if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python examples/make_demo_capture.py OUT")
    write_demo_capture(Path(sys.argv[1]))
