import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from vision.photo import Photo, read_photo, turned_upright

PNG_START = b"\x89PNG\r\n\x1a\n"


def gradient(height: int = 40, width: int = 60) -> np.ndarray:
    y, x = np.mgrid[:height, :width]
    return np.stack([4 * x, 6 * y, np.full_like(x, 90)], axis=-1).astype(np.uint8)


def test_a_png_comes_back_pixel_by_pixel(tmp_path: Path) -> None:
    Image.fromarray(gradient()).save(tmp_path / "a.png")
    photo = read_photo(tmp_path / "a.png")
    assert np.array_equal(photo.rgb, gradient())
    assert (photo.name, photo.focal, photo.projection) == ("a", None, "perspective")


def test_a_photo_survives_the_disk_in_the_same_bytes(tmp_path: Path) -> None:
    photo = Photo(gradient(), 512.5, "equirectangular", "hall")
    for name in ("one", "two"):
        photo.save(tmp_path / name)
    again = Photo.load(tmp_path / "one")
    assert np.array_equal(again.rgb, photo.rgb)
    assert (again.focal, again.projection, again.name) == (512.5, "equirectangular", "hall")
    for file in ("photo.png", "photo.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_shows_the_scene_upright(tmp_path: Path, orientation: int) -> None:
    stored = {
        1: lambda a: a,
        2: lambda a: a[:, ::-1],
        3: lambda a: a[::-1, ::-1],
        4: lambda a: a[::-1],
        5: lambda a: np.swapaxes(a, 0, 1),
        6: lambda a: np.rot90(a, 1),
        7: lambda a: np.swapaxes(a[::-1, ::-1], 0, 1),
        8: lambda a: np.rot90(a, -1),
    }[orientation](gradient())
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(np.ascontiguousarray(stored)).save(tmp_path / "a.png", exif=exif)
    assert np.array_equal(read_photo(tmp_path / "a.png").rgb, gradient())
    assert np.array_equal(turned_upright(stored, orientation), gradient())


def test_the_focal_length_follows_the_35_mm_equivalent_and_the_size(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0xA405] = 26
    Image.fromarray(gradient(300, 400)).save(tmp_path / "a.jpg", exif=exif)
    assert read_photo(tmp_path / "a.jpg").focal == pytest.approx(500 * 26 / 43.2666, rel=1e-6)
    small = read_photo(tmp_path / "a.jpg", max_side=200)
    assert small.rgb.shape == (150, 200, 3)
    assert small.focal == pytest.approx(250 * 26 / 43.2666, rel=1e-6)


def test_a_long_photo_is_brought_down_to_the_side_asked_for(tmp_path: Path) -> None:
    Image.fromarray(gradient(200, 3000)).save(tmp_path / "a.jpg")
    assert read_photo(tmp_path / "a.jpg", max_side=600).rgb.shape == (40, 600, 3)


def test_cmyk_becomes_the_colour_it_prints(tmp_path: Path) -> None:
    Image.new("CMYK", (40, 40), (0, 255, 255, 0)).save(tmp_path / "a.jpg", quality=95)
    red, green, blue = read_photo(tmp_path / "a.jpg").rgb[20, 20].astype(int)
    assert red > 240
    assert max(green, blue) < 15


def test_sixteen_bit_grey_keeps_its_levels(tmp_path: Path) -> None:
    levels = (np.arange(64 * 64).reshape(64, 64) * 16).astype(np.uint16)
    Image.fromarray(levels).save(tmp_path / "a.png")
    rgb = read_photo(tmp_path / "a.png").rgb
    assert np.abs(rgb[:, :, 1].astype(int) - levels // 257).max() <= 1
    assert (rgb[..., 0] == rgb[..., 2]).all()


def test_sixteen_bit_colour_keeps_its_upper_byte(tmp_path: Path) -> None:
    upper = gradient()
    (tmp_path / "a.png").write_bytes(_png_16(upper.astype(np.uint16) * 257))
    assert np.abs(read_photo(tmp_path / "a.png").rgb.astype(int) - upper).max() <= 1


def _png_16(rgb: np.ndarray) -> bytes:
    """A 16-bit RGB PNG, which Pillow cannot write."""
    rows = b"".join(b"\x00" + row.astype(">u2").tobytes() for row in rgb)
    header = struct.pack(">IIBBBBB", rgb.shape[1], rgb.shape[0], 16, 2, 0, 0, 0)
    return PNG_START + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def test_the_first_picture_of_an_animation_counts(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (32, 24), color) for color in ((200, 30, 30), (30, 200, 30))]
    for name in ("a.gif", "a.png", "a.webp"):
        frames[0].save(tmp_path / name, save_all=True, append_images=frames[1:], lossless=True)
        assert np.abs(read_photo(tmp_path / name).rgb[12, 16].astype(int) - (200, 30, 30)).max() <= 3


def test_transparency_shows_white(tmp_path: Path) -> None:
    rgba = np.zeros((32, 32, 4), np.uint8)
    rgba[:, :16] = (10, 20, 30, 255)
    Image.fromarray(rgba).save(tmp_path / "a.png")
    rgb = read_photo(tmp_path / "a.png").rgb
    assert rgb[5, 5].tolist() == [10, 20, 30]
    assert rgb[5, 25].tolist() == [255, 255, 255]


def test_a_colour_profile_is_applied(tmp_path: Path) -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = srgb.replace(b"rXYZ", b"?XYZ").replace(b"bXYZ", b"rXYZ").replace(b"?XYZ", b"bXYZ")
    red = Image.new("RGB", (32, 32), (200, 40, 40))
    shown = {}
    for name, profile in {"none": None, "srgb": srgb, "swapped": swapped, "broken": b"no profile at all"}.items():
        red.save(tmp_path / f"{name}.png", icc_profile=profile)
        shown[name] = read_photo(tmp_path / f"{name}.png").rgb[0, 0].astype(int)
    assert shown["none"].tolist() == shown["broken"].tolist() == [200, 40, 40]
    assert np.abs(shown["srgb"] - (200, 40, 40)).max() <= 1
    assert np.abs(shown["swapped"] - (40, 40, 200)).max() <= 2


def test_an_all_white_photo_is_a_photo(tmp_path: Path) -> None:
    Image.new("L", (64, 64), 255).save(tmp_path / "a.jpg")
    assert (read_photo(tmp_path / "a.jpg").rgb == 255).all()


def test_only_a_whole_panorama_is_equirectangular(tmp_path: Path) -> None:
    xmp = b'<x xmlns:GPano="http://ns.google.com/photos/1.0/panorama/" GPano:ProjectionType="equirectangular"/>'
    Image.fromarray(gradient(64, 128)).save(tmp_path / "whole.jpg", xmp=xmp)
    Image.fromarray(gradient(64, 150)).save(tmp_path / "part.jpg", xmp=xmp)
    Image.fromarray(gradient(64, 128)).save(tmp_path / "wide.jpg")
    kinds = [read_photo(tmp_path / f"{name}.jpg").projection for name in ("whole", "part", "wide")]
    assert kinds == ["equirectangular", "perspective", "perspective"]


@pytest.mark.parametrize(("suffix", "keep"), [("jpg", 0.6), ("png", 0.6), ("webp", 0.6), ("jpg", 0.05), ("tif", 0.5)])
def test_a_file_cut_short_is_one_clear_error(tmp_path: Path, suffix: str, keep: float) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    path = tmp_path / f"a.{suffix}"
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[: int(keep * path.stat().st_size)])
    with pytest.raises(ValueError, match=r"a\.\w+: .*(damaged|not a readable)"):
        read_photo(path)


def test_what_is_no_photo_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "text.jpg").write_text("this is a letter")
    Image.new("RGB", (1, 1)).save(tmp_path / "dot.png")
    Image.fromarray(np.zeros((32, 32), np.float32)).save(tmp_path / "levels.tif")
    cases = {
        "empty.jpg": "the file is empty",
        "text.jpg": "not a readable picture.*allowed: JPEG",
        "dot.png": "is 1x1 pixels; a photo needs at least 16x16",
        "levels.tif": "floating-point levels",
    }
    for name, words in cases.items():
        with pytest.raises(ValueError, match=words):
            read_photo(tmp_path / name)
    with pytest.raises(FileNotFoundError, match=r"nothing\.jpg: no such photo"):
        read_photo(tmp_path / "nothing.jpg")


def test_a_decompression_bomb_is_refused_by_its_header(tmp_path: Path) -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    body = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(bytes(100)))
    (tmp_path / "bomb.png").write_bytes(PNG_START + body)
    with pytest.raises(ValueError, match="170000000"):
        read_photo(tmp_path / "bomb.png")


def test_a_photo_of_a_hundred_megapixels_comes_down(tmp_path: Path) -> None:
    Image.new("RGB", (12_000, 8_400), (20, 120, 220)).save(tmp_path / "a.jpg")
    photo = read_photo(tmp_path / "a.jpg", max_side=600)
    assert photo.rgb.shape == (420, 600, 3)
    assert np.abs(photo.rgb[200, 300].astype(int) - (20, 120, 220)).max() <= 3


def test_heic_without_its_extra_says_what_to_install(tmp_path: Path) -> None:
    import importlib.util

    if importlib.util.find_spec("pillow_heif"):
        pytest.skip("the heic extra is installed")
    (tmp_path / "a.heic").write_bytes(struct.pack(">I", 24) + b"ftypheic" + bytes(12))
    with pytest.raises(ImportError, match=r"scenewright\[heic\]"):
        read_photo(tmp_path / "a.heic")


@pytest.mark.extra("heic")
def test_heic_gives_its_pixels_upright(tmp_path: Path) -> None:
    pillow_heif = pytest.importorskip("pillow_heif", reason="needs pip install 'scenewright[heic]'")
    stored = np.ascontiguousarray(np.rot90(gradient(64, 96), 1))
    exif = Image.Exif()
    exif[0x0112] = 6
    pillow_heif.from_pillow(Image.fromarray(stored)).save(tmp_path / "a.heic", quality=-1, exif=exif.tobytes())
    rgb = read_photo(tmp_path / "a.heic").rgb
    assert rgb.shape == (64, 96, 3)
    assert np.abs(rgb.astype(int) - gradient(64, 96)).mean() < 4


@pytest.mark.extra("heic")
def test_a_heic_cut_short_is_one_clear_error(tmp_path: Path) -> None:
    pillow_heif = pytest.importorskip("pillow_heif", reason="needs pip install 'scenewright[heic]'")
    buffer = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(gradient(64, 96))).save(buffer)
    (tmp_path / "a.heic").write_bytes(buffer.getvalue()[:-200])
    with pytest.raises(ValueError, match=r"a\.heic: "):
        read_photo(tmp_path / "a.heic")


LARGE = """
import resource, sys
from pathlib import Path
from PIL import Image
from vision.photo import read_photo

folder = Path(sys.argv[1])
flat = Image.new("L", (12_500, 8_000), 90)
flat.paste(200, (0, 0, 6_250, 8_000))
flat.save(folder / "large.jpg")
flat.convert("I;16").save(folder / "large.tif", compression="packbits")
flat.convert("P").save(folder / "large.gif")
del flat
peaks = []
for name in ("large.jpg", "large.tif", "large.gif"):
    rgb = read_photo(folder / name, max_side=1000).rgb
    assert rgb.shape == (640, 1000, 3), rgb.shape
    left, right = int(rgb[300, 100, 0]), int(rgb[300, 900, 0])
    assert left > right + 80, (name, left, right)
status = Path("/proc/self/status")  # this program's own: ru_maxrss begins with that of the process that started it
lines = status.read_text().splitlines() if status.exists() else []
peak = [line.split()[1] for line in lines if line.startswith("VmHWM")]
print(int(peak[0] if peak else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) // 1024)
"""


def test_a_hundred_megapixels_are_brought_down_in_bounded_memory(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    made = subprocess.run(
        [sys.executable, "-c", LARGE, str(tmp_path)], capture_output=True, text=True, check=False, cwd=root
    )
    assert made.returncode == 0, made.stderr
    assert int(made.stdout) < 1000  # MB, where the picture alone has 300 in three channels
