"""scenewright doctor."""

import argparse
import importlib.metadata
import re
import shutil

from pipeline.amounts import counted, size_text
from pipeline.api import default_catalogue, default_store
from pipeline.devices import cores, cuda_devices, memory_bytes, resolve_device
from pipeline.stage import Stage

_TOOLS = {"node": "runs the glTF validator in the tests", "chromium": "runs the viewer's tests"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--device", default="auto", choices=["auto", "cpu", "cuda"])


def main(parsed: argparse.Namespace) -> int:
    device = resolve_device(parsed.device)
    cuda = counted(cuda_devices(), "CUDA device") if cuda_devices() else "no CUDA device (everything runs on the CPU)"
    print(f"machine: {cores()} cores, {size_text(memory_bytes())}, {cuda}")
    print(f"store: {default_store()}, {size_text(shutil.disk_usage(_existing(default_store())).free)} free")
    print("\nextras:")
    for extra, packages in extras().items():
        missing = [name for name in packages if not _installed(name)]
        print(f"  {extra}: {'installed' if not missing else _hint(extra)}")
    print("\nstages:")
    for name, stage in default_catalogue().items():
        print(f"  {name}: {_use(stage, device)}")
    print("\ntools for developers:")
    for tool, purpose in _TOOLS.items():
        print(f"  {tool}: {shutil.which(tool) or 'not found'} ({purpose})")
    return 0


def extras() -> dict[str, list[str]]:
    """The packages behind each extra of this distribution."""
    found: dict[str, list[str]] = {}
    for requirement in importlib.metadata.requires("scenewright") or []:
        extra = re.search(r"extra == ['\"]([^'\"]+)['\"]", requirement)
        name = re.match(r"[A-Za-z0-9_.-]+", requirement)
        if extra and name and extra[1] != "dev":
            found.setdefault(extra[1], []).append(name[0])
    return found


def _use(stage: Stage, device: str) -> str:
    missing = stage.unavailable()
    if missing:
        return f"unavailable, {missing}"
    used = device if device in stage.devices else stage.devices[0]
    chosen = [f"{setting} {choose(used)}" for setting, choose in stage.backends.items()]
    why = "" if used == device else " (has no other)"
    return ", ".join([f"{used}{why}", *chosen])


def _installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _hint(extra: str) -> str:
    return f"not installed: pip install 'scenewright[{extra}]'"


def _existing(path: str) -> str:
    from pathlib import Path

    folder = Path(path)
    while not folder.exists():
        folder = folder.parent
    return str(folder)
