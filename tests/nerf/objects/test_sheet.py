import numpy as np

from nerf.objects.sheet import LINE, LINES, contact_sheet, tiled


def test_a_sheet_has_a_row_for_every_family_and_shows_something() -> None:
    sheet = contact_sheet(families=["chair", "apple"], each=3, size=32)
    assert sheet.shape == (2 * (32 + LINE * LINES), 3 * 32, 3)
    assert (sheet[:32] < 200).any()
    assert (sheet[32 : 32 + LINE] < 100).any(), "the caption is written"


def test_tiles_keep_their_order() -> None:
    pictures = [np.full((8, 8, 3), shade, np.uint8) for shade in (10, 20, 30)]
    sheet = tiled(pictures, ["", "", ""], columns=2)
    assert [sheet[0, 0, 0], sheet[0, 8, 0], sheet[8 + LINE * LINES, 0, 0]] == [10, 20, 30]
