import numpy as np
import pytest

from meshing.gltf.buffers import Buffers


@pytest.mark.parametrize(
    ("array", "stride", "kind"),
    [
        (np.zeros((5, 3), np.float32), 12, 5126),
        (np.zeros((5, 3), np.uint16), 8, 5123),
        (np.zeros((5, 3), np.int8), 4, 5120),
        (np.zeros((5, 2), np.uint16), 4, 5123),
        (np.zeros((5, 4), np.uint8), 4, 5121),
    ],
)
def test_rows_and_views_start_at_multiples_of_four(array: np.ndarray, stride: int, kind: int) -> None:
    buffers = Buffers()
    buffers.add_bytes(b"odd")
    accessor = buffers.accessors[buffers.add_attribute(array)]
    view = buffers.views[accessor["bufferView"]]
    assert view["byteStride"] == stride
    assert view["byteOffset"] == 4
    assert view["byteLength"] == 5 * stride
    assert accessor["componentType"] == kind
    assert buffers.buffers == [{"byteLength": 4 + 5 * stride}]


def test_no_data_means_no_buffer() -> None:
    assert Buffers().buffers == []
