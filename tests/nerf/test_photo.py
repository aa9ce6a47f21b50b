"""Photos: orientation, alpha, depth levels, and every sort of damage told in one sentence."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nerf.photo import MAX_PIXELS, focal_from_35mm, read_alpha, read_header, read_levels, read_rgb, read_small_grey

CORNERS = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255]], [[255, 255, 0], [0, 255, 255], [255, 0, 255]]], np.uint8)


def _with_exif(path: Path, **tags: object) -> Path:
    exif = Image.Exif()
    exif[0x0112] = tags.get("orientation", 1)
    if "focal" in tags:
        exif.get_ifd(0x8769)[0xA405] = tags["focal"]
    Image.fromarray(CORNERS).save(path, exif=exif.tobytes())
    return path


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_shows_the_picture_as_pillow_shows_it(tmp_path: Path, orientation: int) -> None:
    from PIL import ImageOps

    path = _with_exif(tmp_path / "turned.png", orientation=orientation)
    header = read_header(path)
    shown = np.asarray(ImageOps.exif_transpose(Image.open(path)))
    assert header.orientation == orientation
    assert header.turned_size == (shown.shape[1], shown.shape[0])
    assert np.array_equal(read_rgb(path, orientation), shown)
    assert np.array_equal(read_rgb(path), CORNERS)


def test_the_35_mm_focal_length_is_read_and_compares_diagonals(tmp_path: Path) -> None:
    assert read_header(_with_exif(tmp_path / "a.jpg", focal=26)).focal_35mm == 26.0
    assert focal_from_35mm(3600, 2400, 50.0) == pytest.approx(5000.0, rel=1e-5)  # 36 mm are 3600 pixels


def test_alpha_is_a_share_and_absent_where_there_is_none(tmp_path: Path) -> None:
    rgba = np.dstack([CORNERS, np.array([[0, 51, 102], [153, 204, 255]], np.uint8)])
    Image.fromarray(rgba).save(tmp_path / "a.png")
    Image.fromarray(CORNERS).save(tmp_path / "b.png")
    alpha = read_alpha(tmp_path / "a.png")
    assert alpha is not None
    assert np.allclose(alpha, [[0, 0.2, 0.4], [0.6, 0.8, 1]])
    assert np.array_equal(read_rgb(tmp_path / "a.png"), CORNERS)
    assert read_alpha(tmp_path / "b.png") is None


def test_depth_levels_come_as_stored(tmp_path: Path) -> None:
    levels = np.array([[0, 1, 1234], [40000, 65534, 65535]], np.uint16)
    Image.fromarray(levels).save(tmp_path / "depth.png")
    np.save(tmp_path / "depth.npy", levels[..., None].astype(np.float32))
    assert np.array_equal(read_levels(tmp_path / "depth.png"), levels)
    assert np.array_equal(read_levels(tmp_path / "depth.npy"), levels)


def test_sixteen_bit_grey_photos_keep_their_tones(tmp_path: Path) -> None:
    Image.fromarray(np.array([[0, 32768, 65535]], np.uint16)).save(tmp_path / "grey.png")
    assert read_rgb(tmp_path / "grey.png")[0].tolist() == [[0, 0, 0], [128, 128, 128], [255, 255, 255]]


def test_a_small_grey_copy_keeps_the_picture_s_shape(tmp_path: Path) -> None:
    Image.fromarray(np.tile(np.arange(200, dtype=np.uint8), (100, 1))).convert("RGB").save(tmp_path / "ramp.jpg")
    small = read_small_grey(tmp_path / "ramp.jpg", longest=50)
    assert small.shape == (25, 50)
    assert np.all(np.diff(small.mean(axis=0)) > 2)


def _bomb() -> bytes:
    """A PNG of few bytes that says it is 60000 x 60000."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def _jpeg() -> bytes:
    stream = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)).save(stream, "JPEG")
    return stream.getvalue()


def _png_with_broken_middle() -> bytes:
    stream = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)).save(stream, "PNG")
    content = bytearray(stream.getvalue())
    content[2000:2100] = bytes(100)
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"hello, I am no picture at all", "is not a readable image"),
        (_jpeg()[:1500], "is cut short"),
        (_bomb(), "pixels"),
        (b"GIF89a" + bytes(50), "is not a readable image"),
    ],
)
def test_damaged_files_are_named_with_the_damage_before_any_decoding(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=reason) as caught:
        read_header(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_damage_that_only_decoding_finds_is_told_in_the_same_way(tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    path.write_bytes(_png_with_broken_middle())
    read_header(path)
    with pytest.raises(ValueError, match=r"photo\.png: cannot be decoded"):
        read_rgb(path)


def test_a_pickle_in_a_depth_file_is_never_opened(tmp_path: Path) -> None:
    np.save(tmp_path / "depth.npy", np.array([{"a": 1}], object), allow_pickle=True)
    with pytest.raises(ValueError, match="is not a plain"):
        read_levels(tmp_path / "depth.npy")


def test_a_colour_picture_is_no_depth(tmp_path: Path) -> None:
    Image.fromarray(CORNERS).save(tmp_path / "depth.png")
    with pytest.raises(ValueError, match="one channel"):
        read_levels(tmp_path / "depth.png")


def test_a_missing_photo_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"gone\.jpg"):
        read_header(tmp_path / "gone.jpg")


def test_bytes_changed_at_random_give_a_picture_or_a_sentence(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    good = []
    for kind in ("JPEG", "PNG", "WEBP", "BMP"):
        stream = io.BytesIO()
        Image.fromarray(rng.integers(0, 255, (20, 30, 3), np.uint8)).save(stream, kind)
        good.append(stream.getvalue())
    path, told = tmp_path / "photo", []
    for _ in range(300):
        content = np.frombuffer(good[rng.integers(len(good))], np.uint8).copy()
        content[rng.integers(0, len(content), 4)] = rng.integers(0, 255, 4)
        path.write_bytes(content.tobytes())
        for read in (read_header, read_rgb, read_small_grey):
            try:
                read(path)
            except ValueError as error:
                told.append(str(error))
    assert len(told) > 20
    assert all(str(path) in sentence for sentence in told)


def test_the_limit_lets_large_panoramas_through() -> None:
    assert MAX_PIXELS > 12000 * 6000
