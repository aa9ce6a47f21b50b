"""Nothing that a capture names may lead out of its folder."""

from pathlib import Path

import pytest

from nerf.captures.paths import inside, natural_order, read_licence, read_text


@pytest.mark.parametrize(
    "given",
    ["../outside.jpg", "images/../../outside.jpg", "/etc/passwd", "C:\\photos\\a.jpg", "\\\\server\\a.jpg", "a\0.jpg"],
)
def test_a_path_out_of_the_folder_is_refused_with_its_place(tmp_path: Path, given: str) -> None:
    with pytest.raises(ValueError, match=r"^frames\[3\]\.file_path: "):
        inside(tmp_path, given, "frames[3].file_path")


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "capture").mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "capture/photo.jpg").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(ValueError, match="inside the capture's folder"):
        inside(tmp_path / "capture", "photo.jpg", "photo")


def test_usual_ways_to_write_a_path_are_understood(tmp_path: Path) -> None:
    for given in ("images/a.jpg", "./images/a.jpg", "images\\a.jpg", "images/../images/a.jpg"):
        assert inside(tmp_path, given, "x").resolve() == (tmp_path / "images/a.jpg").resolve()


def test_numbers_in_names_count_as_numbers() -> None:
    names = ["frame10.png", "frame9.png", "Frame1.png", "a.png"]
    assert [path.name for path in sorted(map(Path, names), key=natural_order)] == [
        "Frame1.png", "a.png", "frame9.png", "frame10.png",
    ]  # fmt: skip


def test_text_may_have_a_mark_at_its_start_but_must_be_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbf1 2 3")
    assert read_text(tmp_path / "a.txt") == "1 2 3"
    (tmp_path / "b.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="UTF-8"):
        read_text(tmp_path / "b.txt")
    (tmp_path / "c.txt").write_bytes(b"  \n")
    with pytest.raises(ValueError, match="empty"):
        read_text(tmp_path / "c.txt")


def test_the_licence_is_what_the_folder_says(tmp_path: Path) -> None:
    assert read_licence(tmp_path) == ""
    (tmp_path / "README.md").write_text("# Photos\n\nLicence: CC-BY-4.0\n")
    assert read_licence(tmp_path) == "CC-BY-4.0"
    (tmp_path / "LICENSE").write_text("All rights reserved.\n")
    assert read_licence(tmp_path) == "All rights reserved."
