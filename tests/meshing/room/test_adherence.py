"""How well a room keeps to its plan."""

import numpy as np
import pytest

from meshing.mesh import Mesh
from meshing.room.adherence import in_boxes, seam_error, shell_distance, silhouettes, surface_fit
from meshing.room.plan import Box, RoomPlan
from meshing.room.proxy import ProxyRenderer, proxy_mesh

PLAN = RoomPlan(
    "room",
    ((-2.0, 1.5), (2.0, 1.5), (2.0, -1.5), (-2.0, -1.5)),
    2.4,
    (),
    (
        Box("bed", "bed", (0.0, 0.3, -0.5), (1.4, 0.6, 2.0)),
        Box("chair", "chair", (1.5, 0.45, 1.0), (0.5, 0.9, 0.5), 1.0),
    ),
)
EYES = (np.array([-1.5, 1.5, 1.0]), np.array([1.0, 1.8, 0.8]))


def test_the_plan_itself_keeps_to_it_perfectly() -> None:
    renderer = ProxyRenderer(PLAN)
    found = silhouettes(PLAN, lambda place, height: renderer.panorama(place, height).instance, EYES, 64)
    assert found.iou == {"bed": 1.0, "chair": 1.0}
    mesh = proxy_mesh(PLAN)
    fit = surface_fit(Mesh(mesh.vertices, mesh.faces), PLAN)
    assert fit.in_place == 1.0
    assert fit.wall_error < 1e-3


def test_half_a_thing_has_half_the_silhouette() -> None:
    renderer = ProxyRenderer(PLAN)

    def half(place: np.ndarray, height: int) -> np.ndarray:
        instance = renderer.panorama(place, height).instance.copy()
        rows, columns = np.nonzero(instance == 1)
        cut = columns < np.median(columns)
        instance[rows[cut], columns[cut]] = 0
        return instance

    found = silhouettes(PLAN, half, EYES[:1], 64)
    assert found.iou["bed"] == pytest.approx(0.5, abs=0.05)
    assert found.mean_iou_of_filling == found.iou["bed"], "a chair does not fill its box"
    assert found.mean_iou == pytest.approx(np.mean(list(found.iou.values())))
    assert found.iou.get("chair", 1.0) == 1.0


def test_distances_from_the_shell_and_the_boxes() -> None:
    points = np.array([[0.0, 1.2, 0.0], [1.9, 1.2, 0.0], [0.0, 2.3, 0.0], [2.3, 1.2, 0.0], [0.0, 0.5, -0.5]])
    assert shell_distance(points, PLAN) == pytest.approx([1.2, 0.1, 0.1, 0.3, 0.5])
    assert in_boxes(points, PLAN, 0.0).tolist() == [False, False, False, False, True]


def test_a_seam_is_a_step_larger_than_others() -> None:
    x = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    smooth = np.repeat((127 + 100 * np.sin(x)).astype(np.uint8)[None, :, None], 16, axis=0).repeat(3, axis=2)
    assert seam_error(smooth) < 2.5
    assert seam_error(np.ascontiguousarray(smooth[:, :40])) > 5
