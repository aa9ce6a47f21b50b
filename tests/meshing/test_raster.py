import numpy as np

from meshing.raster import rasterize

SQUARE_UV = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
SQUARE = np.array([[0, 1, 2], [0, 2, 3]], np.int32)


def test_two_triangles_fill_a_square_and_the_diagonal_goes_to_the_first() -> None:
    texels = rasterize(SQUARE_UV, SQUARE, 4, 4)
    expected = np.where(np.arange(4)[None, :] >= np.arange(4)[:, None], 0, 1)
    np.testing.assert_array_equal(texels.face, expected)


def test_convention_texel_centers_lie_at_one_half() -> None:
    texels = rasterize(SQUARE_UV, SQUARE, 8, 4)
    u, v = texels.u.astype(np.float64), texels.v.astype(np.float64)
    corners = SQUARE_UV[SQUARE[texels.face]]
    weights = np.stack([1 - u - v, u, v], axis=-1)
    place = (weights[..., None] * corners).sum(axis=-2)
    x, y = np.meshgrid((np.arange(8) + 0.5) / 8, (np.arange(4) + 0.5) / 4)
    np.testing.assert_allclose(place, np.stack([x, y], axis=-1), atol=1e-6)


def test_a_mirrored_triangle_is_filled_too_and_a_flat_one_is_not() -> None:
    mirrored = rasterize(SQUARE_UV, SQUARE[:, ::-1].copy(), 4, 4)
    assert (mirrored.face >= 0).all()
    flat = rasterize(np.array([[0, 0], [1, 1], [0.5, 0.5]], np.float32), np.array([[0, 1, 2]], np.int32), 4, 4)
    assert (flat.face == -1).all()


def test_what_lies_outside_the_texture_is_cut_off() -> None:
    texels = rasterize(3 * SQUARE_UV - 1, SQUARE, 5, 5)
    assert (texels.face >= 0).all()
    away = rasterize(SQUARE_UV + 2, SQUARE, 5, 5)
    assert (away.face == -1).all()
