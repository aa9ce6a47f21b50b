from pathlib import Path

from meshing.usdz_file import UsdzFile


def test_a_file_survives_the_disk_byte_for_byte(tmp_path: Path) -> None:
    UsdzFile(b"PK and more").save(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["model.usdz"]
    assert UsdzFile.load(tmp_path) == UsdzFile(b"PK and more")
