import numpy as np

from meshing.photo.atlas import PADDING, pack
from meshing.photo.build import LayerSettings, build_layers
from meshing.photo.charts import charts


def test_every_pixel_has_its_colour_at_its_own_texel(bumpy: tuple[np.ndarray, np.ndarray]) -> None:
    layers = build_layers(*bumpy, settings=LayerSettings(parallax=0.3, sharpen=False))
    layers.color[layers.n_photo :] = np.random.default_rng(1).integers(0, 255, (len(layers.x) - layers.n_photo, 3))
    atlas = pack(layers, charts)
    pixels = np.arange(len(layers.x))
    texel = atlas.texel(layers, pixels, atlas.chart.astype(np.int64))
    assert (texel >= 0).all()
    assert len(np.unique(texel)) == len(pixels)
    assert np.array_equal(atlas.texture.reshape(-1, 3)[texel], layers.color)


def test_charts_are_surrounded_by_their_own_colours(square: tuple[np.ndarray, np.ndarray]) -> None:
    layers = build_layers(*square, settings=LayerSettings(parallax=0.3, sharpen=False))
    layers.color[layers.n_photo :] = (0, 0, 200)
    atlas = pack(layers, charts)
    below = atlas.texture[square[0].shape[0] :]
    assert below.size
    assert (below[..., 0] == 0).all()  # the rim and the padding are wall: the red square never bleeds in
    rows, columns = np.nonzero(atlas.pixel[square[0].shape[0] :] >= layers.n_photo)
    assert rows.min() >= PADDING
    assert columns.min() >= PADDING
