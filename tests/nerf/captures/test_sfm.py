"""Without the extra, structure from motion says what to install; with it, see test_photos.py."""

import sys
from pathlib import Path

import pytest

from nerf.captures.sfm import PhotoGroup, pose_photos


def test_without_the_extra_the_message_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pycolmap", None)
    with pytest.raises(ImportError, match=r"pip install 'scenewright\[sfm\]'"):
        pose_photos(tmp_path, [PhotoGroup(("a.jpg",), 8, 6, None)], tmp_path, sequential=False)
