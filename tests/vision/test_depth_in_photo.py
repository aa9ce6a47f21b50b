"""Files are put together byte by byte after the formats' own specifications, so that writer and reader differ."""

import base64
import hashlib
import io
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vision.depth_in_photo import depth_in_photo, stereo_pair_in_photo

RDF = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">{}</rdf:RDF></x:xmpmeta>'
GDEPTH = 'xmlns:GDepth="http://ns.google.com/photos/1.0/depthmap/"'
LEVELS = np.tile(np.linspace(0, 255, 48).round().astype(np.uint8), (32, 1))  # near on the left, far on the right
NEAR, FAR = 0.5, 4.0


def picture(image: Image.Image, kind: str = "JPEG") -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **({"quality": 95} if kind == "JPEG" else {}))
    return buffer.getvalue()


def segment(body: bytes) -> bytes:
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def with_xmp(jpeg: bytes, *packets: bytes) -> bytes:
    return jpeg[:2] + b"".join(segment(packet) for packet in packets) + jpeg[2:]


def standard(text: str) -> bytes:
    return b"http://ns.adobe.com/xap/1.0/\x00" + text.encode()


def extended(text: str, piece: int) -> list[bytes]:
    data = text.encode()
    digest = hashlib.md5(data).hexdigest().upper().encode()
    return [
        b"http://ns.adobe.com/xmp/extension/\x00"
        + digest
        + struct.pack(">II", len(data), start)
        + data[start : start + piece]
        for start in range(0, len(data), piece)
    ]


def gdepth(attributes: str) -> str:
    return RDF.format(f'<rdf:Description rdf:about="" {GDEPTH} {attributes}/>')


def map_text() -> str:
    return base64.b64encode(picture(Image.fromarray(LEVELS), "PNG")).decode()


PHOTO = picture(Image.new("RGB", (96, 64), (90, 120, 30)))
ENDS = f'GDepth:Near="{NEAR}" GDepth:Far="{FAR}" GDepth:Mime="image/png"'


def test_a_gdepth_map_in_inverse_range_gives_metric_inverse_depth(tmp_path: Path) -> None:
    text = gdepth(f'GDepth:Format="RangeInverse" GDepth:Units="m" {ENDS} GDepth:Data="{map_text()}"')
    (tmp_path / "a.jpg").write_bytes(with_xmp(PHOTO, standard(text)))
    found = depth_in_photo(tmp_path / "a.jpg")
    assert found is not None
    assert (found.metric, found.source) == (True, "gdepth")
    share = LEVELS / 255
    depth = FAR * NEAR / (FAR - share * (FAR - NEAR))  # the specification's formula
    assert np.allclose(1 / found.values, depth, rtol=1e-5)
    assert (found.confidence == 1).all()


def test_an_extended_packet_in_pieces_out_of_order_and_in_millimetres(tmp_path: Path) -> None:
    near_far = f'GDepth:Near="{NEAR * 1000}" GDepth:Far="{FAR * 1000}"'
    first = gdepth(f'GDepth:Format="RangeLinear" GDepth:Units="mm" {near_far} GDepth:Mime="image/png"')
    pieces = extended(gdepth(f'GDepth:Data="{map_text()}"'), 100)
    assert len(pieces) > 2
    (tmp_path / "a.jpg").write_bytes(with_xmp(PHOTO, standard(first), *pieces[::-1]))
    found = depth_in_photo(tmp_path / "a.jpg")
    assert found is not None
    assert found.metric
    assert np.allclose(1 / found.values, NEAR + LEVELS / 255 * (FAR - NEAR), rtol=1e-5)


def test_an_xdm_map_stores_its_numbers_in_elements(tmp_path: Path) -> None:
    body = (
        '<rdf:Description xmlns:DepthMap="http://ns.xdm.org/photos/1.0/depthmap/">'
        f"<DepthMap:Format>RangeInverse</DepthMap:Format><DepthMap:Near>{NEAR}</DepthMap:Near>"
        f"<DepthMap:Far>{FAR}</DepthMap:Far><DepthMap:Units>m</DepthMap:Units><DepthMap:Data>{map_text()}</DepthMap:Data>"
        "</rdf:Description>"
    )
    (tmp_path / "a.jpg").write_bytes(with_xmp(PHOTO, *extended(RDF.format(body), 5000)))
    found = depth_in_photo(tmp_path / "a.jpg")
    assert found is not None
    assert found.values.max() == pytest.approx(1 / NEAR)
    assert found.values.min() == pytest.approx(1 / FAR)


def test_a_dynamic_depth_map_lies_behind_the_photo(tmp_path: Path) -> None:
    depth, other = picture(Image.fromarray(LEVELS), "PNG"), b"something else that is appended"
    item = '<rdf:li><Container:Item Item:Mime="{}" Item:Length="{}" Item:DataURI="{}"/></rdf:li>'
    items = (
        item.format("image/jpeg", 0, "primary")
        + item.format("image/png", len(depth), "android/depthmap")
        + item.format("video/mp4", len(other), "android/video")
    )
    body = (
        '<rdf:Description xmlns:DepthMap="http://ns.google.com/photos/dd/1.0/depthmap/"'
        ' xmlns:Container="http://ns.google.com/photos/dd/1.0/container/"'
        ' xmlns:Item="http://ns.google.com/photos/dd/1.0/item/" DepthMap:Format="RangeInverse"'
        f' DepthMap:Near="{NEAR}" DepthMap:Far="{FAR}" DepthMap:DepthURI="android/depthmap">'
        f"<Container:Directory><rdf:Seq>{items}</rdf:Seq></Container:Directory></rdf:Description>"
    )
    (tmp_path / "a.jpg").write_bytes(with_xmp(PHOTO, standard(RDF.format(body))) + depth + other)
    found = depth_in_photo(tmp_path / "a.jpg")
    assert found is not None
    assert (found.metric, found.source) == (False, "dynamic_depth")
    assert np.corrcoef(found.values.ravel(), -LEVELS.ravel().astype(float))[0, 1] > 0.999


def test_the_map_turns_with_the_photo(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    Image.new("RGB", (96, 64)).save(buffer, "JPEG", exif=exif)
    text = gdepth(f'GDepth:Format="RangeInverse" {ENDS} GDepth:Data="{map_text()}"')
    (tmp_path / "a.jpg").write_bytes(with_xmp(buffer.getvalue(), standard(text)))
    found = depth_in_photo(tmp_path / "a.jpg")
    assert found is not None
    assert found.values.shape == (48, 32)
    assert (np.diff(found.values[:, 0]) < 0).all()  # what was left is on top now, and it is near


def test_apples_disparity_is_told_from_a_thumbnail(tmp_path: Path) -> None:
    about = (
        '<rdf:Description xmlns:apdi="http://ns.apple.com/pixeldatainfo/1.0/"'
        ' apdi:AuxiliaryImageType="disparity" apdi:FloatMinValue="0.25" apdi:FloatMaxValue="2.25"/>'
    )
    thumbnail = picture(Image.new("RGB", (24, 16)))
    disparity = with_xmp(picture(Image.fromarray(LEVELS)), standard(RDF.format(about)))
    (tmp_path / "a.jpg").write_bytes(multi_picture(PHOTO, thumbnail, disparity))
    found = depth_in_photo(tmp_path / "a.jpg")
    assert found is not None
    assert (found.metric, found.source) == (False, "apple")
    assert np.abs(found.values - (0.25 + LEVELS / 255 * 2)).max() < 0.03
    (tmp_path / "b.jpg").write_bytes(multi_picture(PHOTO, thumbnail))
    assert depth_in_photo(tmp_path / "b.jpg") is None


def multi_picture(*pictures: bytes) -> bytes:
    """CIPA DC-007: an index in APP2 of the first picture; offsets count from the index's own TIFF header."""
    n = len(pictures)
    entries_at = 8 + 2 + 3 * 12 + 4
    size = 4 + entries_at + 16 * n
    first = 2 + 4 + size + len(pictures[0]) - 2
    header_at = 2 + 4 + 4
    index = b"MPF\x00" + b"II*\x00" + struct.pack("<I", 8) + struct.pack("<H", 3)
    index += struct.pack("<HHI4s", 0xB000, 7, 4, b"0100")
    index += struct.pack("<HHII", 0xB001, 4, 1, n)
    index += struct.pack("<HHII", 0xB002, 7, 16 * n, entries_at) + struct.pack("<I", 0)
    offset = 0
    for k, data in enumerate(pictures):
        length = first if k == 0 else len(data)
        kind = 0x030000 if k == 0 else 0x020002
        index += struct.pack("<IIIHH", kind, length, 0 if k == 0 else offset - header_at, 0, 0)
        offset += length
    head = pictures[0][:2] + b"\xff\xe2" + struct.pack(">H", len(index) + 2) + index + pictures[0][2:]
    assert len(head) == first
    return head + b"".join(pictures[1:])


def test_a_stereo_photo_gives_its_two_pictures(tmp_path: Path) -> None:
    left, right = Image.new("RGB", (64, 48), (200, 0, 0)), Image.new("RGB", (64, 48), (0, 0, 200))
    left.save(tmp_path / "a.mpo", save_all=True, append_images=[right], quality=95)
    pair = stereo_pair_in_photo(tmp_path / "a.mpo")
    assert pair is not None
    assert np.abs(pair[0][20, 20].astype(int) - (200, 0, 0)).max() < 4
    assert np.abs(pair[1][20, 20].astype(int) - (0, 0, 200)).max() < 4
    (tmp_path / "b.jpg").write_bytes(PHOTO)
    assert stereo_pair_in_photo(tmp_path / "b.jpg") is None
    assert depth_in_photo(tmp_path / "b.jpg") is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (gdepth(f'{ENDS} GDepth:Data="bm90IGEgcGljdHVyZQ=="'), "depth map is damaged"),
        (gdepth(f'{ENDS} GDepth:Data="a"'), "depth map is damaged"),
        ("<x:xmpmeta", "depth map is damaged"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a GDepth="x"/>', "declares entities"),
    ],
)
def test_a_damaged_map_is_one_clear_error(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "a.jpg").write_bytes(with_xmp(PHOTO, standard(text)))
    with pytest.raises(ValueError, match=rf"a\.jpg: .*{words}"):
        depth_in_photo(tmp_path / "a.jpg")


def test_a_map_of_one_level_is_one_clear_error(tmp_path: Path) -> None:
    flat = base64.b64encode(picture(Image.new("L", (48, 32), 0), "PNG")).decode()
    (tmp_path / "a.jpg").write_bytes(with_xmp(PHOTO, standard(gdepth(f'{ENDS} GDepth:Data="{flat}"'))))
    with pytest.raises(ValueError, match=r"a\.jpg: depth map: is 2 everywhere"):
        depth_in_photo(tmp_path / "a.jpg")


@pytest.mark.extra("heic")
def test_a_heic_without_a_map_has_none(tmp_path: Path) -> None:
    pillow_heif = pytest.importorskip("pillow_heif", reason="needs pip install 'scenewright[heic]'")
    pillow_heif.from_pillow(Image.new("RGB", (96, 64), (90, 120, 30))).save(tmp_path / "a.heic")
    assert depth_in_photo(tmp_path / "a.heic") is None


@pytest.mark.extra("heic")
@pytest.mark.parametrize("kind", ["disparity", "depth"])
def test_a_heic_gives_its_auxiliary_depth(tmp_path: Path, kind: str) -> None:
    pillow_heif = pytest.importorskip("pillow_heif", reason="needs pip install 'scenewright[heic]'")
    file = pillow_heif.from_pillow(Image.new("RGB", (96, 64), (90, 120, 30)))
    file.add_from_pillow(Image.fromarray(LEVELS))
    buffer = io.BytesIO()
    file.save(buffer, quality=-1)
    (tmp_path / "a.heic").write_bytes(second_as_depth(buffer.getvalue(), kind))
    found = depth_in_photo(tmp_path / "a.heic")
    assert found is not None
    assert found.values.shape == (32, 48)
    assert found.source == "heic"
    sign = 1 if kind == "disparity" else -1
    assert np.corrcoef(found.values.ravel(), sign * LEVELS.ravel().astype(float))[0, 1] > 0.95


def second_as_depth(data: bytes, kind: str) -> bytes:
    """The file with its second picture declared the first one's auxiliary depth (ISO/IEC 23008-12)."""
    boxes = {name: (start, end) for name, start, end in _boxes(data, 0, len(data))}
    start, end = boxes["meta"]
    children = {name: (a, b) for name, a, b in _boxes(data, start + 12, end)}
    ids = _item_ids(data, *children["iinf"])
    urn = b"urn:mpeg:hevc:2015:auxid:2\x00"
    message = _sei(2 if kind == "depth" else 1)
    aux = _box(b"auxC", bytes(4) + urn + message)
    reference = _box(b"iref", bytes(4) + _box(b"auxl", struct.pack(">HHH", ids[1], 1, ids[0])))
    iprp = data[slice(*children["iprp"])]
    parts = {name: iprp[a:b] for name, a, b in _boxes(iprp, 8, len(iprp))}
    n_properties = sum(1 for _ in _boxes(parts["ipco"], 8, len(parts["ipco"])))
    ipco = _box(b"ipco", parts["ipco"][8:] + aux)
    ipma = _with_property(parts["ipma"], ids[1], n_properties + 1)
    kept = [data[slice(*span)] for name, span in children.items() if name not in ("iprp", "iref")]
    body = b"".join([data[start + 8 : start + 12], *kept, _box(b"iprp", ipco + ipma), reference])
    meta = _box(b"meta", body)
    shift = len(meta) - (end - start)
    return data[:start] + _shifted_iloc(meta, shift) + data[end:]


def _sei(kind: int) -> bytes:
    """A depth representation message with neither ends nor polynomial: flags, then the kind as exp-Golomb code."""
    bits = "0000" + {1: "010", 2: "011"}[kind] + "1"
    payload = struct.pack(">B", int(bits.ljust(8, "0"), 2))
    unit = struct.pack(">HBB", 39 << 9 | 1, 177, len(payload)) + payload
    return struct.pack(">II", len(unit) + 4, len(unit)) + unit


def _box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + name + body


def _boxes(data: bytes, start: int, end: int) -> list[tuple[str, int, int]]:
    found = []
    while start + 8 <= end:
        size = struct.unpack(">I", data[start : start + 4])[0] or end - start
        found.append((data[start + 4 : start + 8].decode("latin1"), start, start + size))
        start += size
    return found


def _item_ids(data: bytes, start: int, end: int) -> list[int]:
    return [
        struct.unpack(">H", data[a + 12 : a + 14])[0] for name, a, _ in _boxes(data, start + 14, end) if name == "infe"
    ]


def _with_property(ipma: bytes, item: int, number: int) -> bytes:
    """The association box (version 0, one byte a property) with one more property of `item`."""
    out, place = bytearray(ipma[8:16]), 16
    for _ in range(struct.unpack(">I", ipma[12:16])[0]):
        identity, count = struct.unpack(">HB", ipma[place : place + 3])
        numbers = ipma[place + 3 : place + 3 + count]
        place += 3 + count
        extra = bytes([0x80 | number]) if identity == item else b""
        out += struct.pack(">HB", identity, count + len(extra)) + numbers + extra
    return _box(b"ipma", bytes(out))


def _shifted_iloc(meta: bytes, shift: int) -> bytes:
    """The meta box with every absolute place in its item location box moved."""
    name, start, end = next(box for box in _boxes(meta, 12, len(meta)) if box[0] == "iloc")
    version, sizes = meta[start + 8], struct.unpack(">H", meta[start + 12 : start + 14])[0]
    offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    assert name == "iloc"
    assert (version, offset_size, length_size) in [(1, 4, 4), (0, 4, 4)]
    out, place = bytearray(meta), start + 16
    for _ in range(struct.unpack(">H", meta[start + 14 : start + 16])[0]):
        method = struct.unpack(">H", meta[place + 2 : place + 4])[0] if version == 1 else 0
        place += (6 if version == 1 else 4) + base_size
        count = struct.unpack(">H", meta[place : place + 2])[0]
        place += 2
        for _ in range(count):
            if method == 0:
                moved = struct.unpack(">I", meta[place : place + 4])[0] + shift
                out[place : place + 4] = struct.pack(">I", moved)
            place += 8
    assert place == end
    return bytes(out)
