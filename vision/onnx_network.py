"""Networks in ONNX files, run by onnxruntime on the CPU."""

from pathlib import Path
from typing import Any


def open_network(path: Path) -> Any:
    """The session of an ONNX file. ImportError with the install line, FileNotFoundError, ValueError for other files."""
    try:
        import onnxruntime  # type: ignore[import-not-found]
    except ImportError as error:
        raise ImportError(f"{path}: ONNX needs onnxruntime: pip install 'scenewright[onnx]'") from error
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such ONNX file")
    try:
        return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own exceptions have no common public class
        raise ValueError(f"{path}: is not a readable ONNX network ({str(error).splitlines()[0][:120]})") from error


def open_picture_network(path: Path) -> tuple[Any, str, tuple[int, int] | None]:
    """Session, input name, and fixed height and width (None where free) of a network that takes one picture."""
    session = open_network(path)
    given = session.get_inputs()[0]
    if len(given.shape) != 4:
        raise ValueError(f"{path}: must take one 1 x 3 x h x w input (got {given.shape})")
    return session, given.name, fixed_size(given.shape)


def fixed_size(shape: list[int | str | None]) -> tuple[int, int] | None:
    """Height and width of an input's shape; None where the network takes any."""
    height, width = shape[2:]
    return (height, width) if isinstance(height, int) and isinstance(width, int) else None


def size_for(height: int, width: int, longer: int) -> tuple[int, int]:
    """Height and width for a network that takes any: multiples of 32, the longer side about `longer`."""
    scale = longer / max(height, width)
    return max(32, round(height * scale / 32) * 32), max(32, round(width * scale / 32) * 32)
