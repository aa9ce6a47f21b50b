import numpy as np
import pytest

from meshing.mesh import Mesh, check_mesh
from meshing.photo.build import LayerSettings, build_layers
from meshing.photo.canvas import fill_on_graph
from meshing.photo.layers import Layers, PhotoView
from meshing.photo.surface import cells, mesh_photo, viewing_volume
from meshing.pinhole import Pinhole
from meshing.render import render

RED, BLUE = (250, 0, 0), (0, 0, 250)
CAMERA = np.diag([1.0, -1.0, -1.0, 1.0])


def filled(scene: tuple[np.ndarray, np.ndarray], parallax: float = 0.3) -> Layers:
    layers = build_layers(*scene, settings=LayerSettings(parallax=parallax, sharpen=False))
    return fill_on_graph(layers, lambda color, unknown, _: np.where(unknown[:, None], BLUE, color).astype(np.uint8))


def seen(mesh: Mesh, layers: Layers, right: float = 0.0, up: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """What a camera sees that moved by shares of the reach."""
    view, pose = layers.view, CAMERA.copy()
    pose[:3, 3] = (right * view.reach, up * view.reach, 0)
    camera = Pinhole(view.width, view.height, view.focal, view.focal, view.width / 2, view.height / 2)
    shown = render(mesh, camera, pose)
    return shown.color, shown.face >= 0


@pytest.mark.parametrize("backend", ["numba", "numpy"])
def test_from_its_own_place_the_mesh_is_the_photo(square: tuple[np.ndarray, np.ndarray], backend: str) -> None:
    layers = filled(square)
    mesh = mesh_photo(layers, backend=backend)
    check_mesh(mesh)
    color, covered = seen(mesh, layers)
    assert covered.all()
    wrong = (np.abs(color.astype(int) - square[0]) > 40).any(axis=2)
    assert wrong.sum() == 0


@pytest.mark.parametrize(("right", "up"), [(0.9, 0), (-0.9, 0), (0, 0.9), (0, -0.9), (0.5, -0.5)])
def test_a_moved_camera_sees_no_hole_and_no_red_but_the_square(
    square: tuple[np.ndarray, np.ndarray], right: float, up: float
) -> None:
    layers = filled(square)
    color, covered = seen(mesh_photo(layers), layers, right, up)
    assert covered[6:-6, 6:-6].sum() > 0
    inside = np.zeros_like(covered)
    inside[15:25, 15:30] = True
    assert covered[inside].all()
    red = (color[..., 0] > 128) & covered
    assert abs(int(red.sum()) - 16 * 16) <= 2 * 16
    pure = (np.abs(color.astype(int) - RED).max(axis=2) < 130) | (np.abs(color.astype(int) - BLUE).max(axis=2) < 130)
    assert pure[covered].all()


def test_the_square_moves_by_the_parallax(square: tuple[np.ndarray, np.ndarray]) -> None:
    layers = filled(square)
    mesh = mesh_photo(layers)
    middles = []
    for right in (0.0, 0.5):
        color, _ = seen(mesh, layers, right)
        middles.append(np.argwhere(color[..., 0] > 128)[:, 1].mean())
    near = float(layers.disparity.reshape(-1)[20 * 48 + 20])
    assert middles[0] - middles[1] == pytest.approx(0.5 * near, abs=0.6)


def test_faces_look_at_the_camera(bumpy: tuple[np.ndarray, np.ndarray]) -> None:
    for tolerance in (0.0, 0.5):
        mesh = mesh_photo(filled(bumpy), tolerance=tolerance)
        a, b, c = (mesh.vertices[mesh.faces[:, k]].astype(np.float64) for k in range(3))
        facing = (np.cross(b - a, c - a) * -a).sum(axis=1)
        assert (facing > 0).mean() > 0.999


def test_a_budget_coarsens_flat_parts(bumpy: tuple[np.ndarray, np.ndarray]) -> None:
    v, u = np.mgrid[:64, :96]
    disparity = (10 + 2 * np.sin(u / 5) + np.cos(v / 6)).astype(np.float32)
    layers = flat_layers(disparity, np.zeros((64, 96, 3), np.uint8))
    fine, free = mesh_photo(layers, tolerance=0.0), mesh_photo(layers, tolerance=0.02, budget=None)
    tight = mesh_photo(layers, tolerance=0.02, budget=2000)
    assert len(fine.faces) == 2 * 63 * 95
    assert len(tight.faces) < len(free.faces) < len(fine.faces)


def test_every_link_pattern_of_a_cell_gives_its_triangles() -> None:
    # corners: 0 top left, 1 top right, 2 bottom left, 3 bottom right; sides as (from, step, to)
    sides = [(0, 0, 1), (0, 1, 2), (1, 1, 3), (2, 0, 3)]
    expected = {4: 2, 3: 2, 1: 0, 0: 0}
    for pattern in range(16):
        links = np.full((4, 4), -1, np.int32)
        chosen = [side for k, side in enumerate(sides) if pattern >> k & 1]
        for start, step, end in chosen:
            links[start, step], links[end, (step + 2) % 4] = end, start
        faces = cells(links, np.ones(4, bool))
        if len(chosen) == 2:
            meet = len({start for start, _, _ in chosen} | {end for _, _, end in chosen}) == 3
            assert len(faces) == int(meet), pattern
        else:
            assert len(faces) == expected[len(chosen)], pattern
        x, y = np.array([0, 1, 0, 1]), np.array([0, 0, 1, 1])
        for a, b, c in faces:
            turn = (x[b] - x[a]) * (y[c] - y[a]) - (y[b] - y[a]) * (x[c] - x[a])
            assert turn < 0, pattern  # y is down: counter-clockwise


def test_the_viewing_volume_is_the_reach(square: tuple[np.ndarray, np.ndarray]) -> None:
    layers = filled(square)
    volume = viewing_volume(layers.view)
    assert volume.center == (0, 0, 0)
    spread = np.ptp(layers.disparity[: layers.n_photo])
    assert layers.view.focal * volume.radius * 0.9 == pytest.approx(spread, rel=0.01)


def test_layers_without_colours_are_refused(square: tuple[np.ndarray, np.ndarray]) -> None:
    layers = build_layers(*square, settings=LayerSettings(parallax=0.3, sharpen=False))
    with pytest.raises(ValueError, match="fill them before meshing"):
        mesh_photo(layers)


def flat_layers(disparity: np.ndarray, rgb: np.ndarray) -> Layers:
    """Layers of a photo without any cut."""
    height, width = disparity.shape
    number = np.arange(height * width, dtype=np.int32).reshape(height, width)
    links = np.full((height, width, 4), -1, np.int32)
    links[:, :-1, 0], links[:-1, :, 1] = number[:, 1:], number[1:]
    links[:, 1:, 2], links[1:, :, 3] = number[:, :-1], number[:-1]
    y, x = np.divmod(number.ravel(), width)
    view = PhotoView(width, height, 50.0, 0.4)
    color = rgb.reshape(-1, 3)
    return Layers(view, x, y, disparity.ravel().astype(np.float32), links.reshape(-1, 4), color, filled=True)


def room_all_around() -> tuple[np.ndarray, np.ndarray]:
    """A panorama of a grey hall of radius 4 with a red pillar of radius 1 away ahead and a green one behind."""
    width, height = 192, 96
    angle = ((np.arange(width) + 0.5) / width * 2 - 1) * np.pi
    rgb = np.full((height, width, 3), 90, np.uint8)
    inverse = np.full((height, width), 0.25, np.float32)
    for middle, color in ((0.3, RED), (np.pi, (0, 200, 0))):
        inside = np.abs((angle - middle + np.pi) % (2 * np.pi) - np.pi) < 0.2
        rgb[20:76, inside], inverse[20:76, inside] = color, 1.0
    return rgb, inverse


@pytest.mark.parametrize("yaw", [0.0, np.pi / 2, np.pi, 2.5])
def test_a_panorama_is_closed_around_the_viewer_and_lies_at_its_distances(yaw: float) -> None:
    rgb, inverse = room_all_around()
    settings = LayerSettings(parallax=0.03, sharpen=False)
    layers = build_layers(rgb, inverse, metric=True, projection="equirectangular", settings=settings)
    layers = fill_on_graph(layers, lambda color, unknown, _: np.where(unknown[:, None], 90, color).astype(np.uint8))
    assert len(layers.x) > layers.n_photo
    mesh = mesh_photo(layers)
    check_mesh(mesh)
    distance = np.linalg.norm(mesh.vertices, axis=1)
    assert 0.99 < distance.min() < 1.01
    assert 3.95 < distance.max() < 4.05
    pose = np.eye(4)
    pose[:3, :3] = np.array([[np.cos(yaw), 0, -np.sin(yaw)], [0, 1, 0], [np.sin(yaw), 0, np.cos(yaw)]]) @ CAMERA[:3, :3]
    shown = render(mesh, Pinhole(64, 64, 32.0, 32.0, 32.0, 32.0), pose)
    assert (shown.face >= 0).all()
    way = pose[:3, :3] @ np.array([0, 0, 1.0])
    column = int((np.arctan2(way[0], -way[2]) / (2 * np.pi) + 0.5) * 192) % 192
    assert np.abs(shown.color[31:33, 31:33].astype(int) - rgb[48, column]).max() < 40
