import numpy as np

from vision.encoders import over_views, ranks, recall, unit


def test_unit_vectors_have_length_one_and_keep_their_direction() -> None:
    assert np.allclose(unit(np.array([[3.0, 4.0]], np.float32)), [[0.6, 0.8]])


def test_views_are_averaged_by_direction() -> None:
    found = over_views(np.array([[[1.0, 0], [0, 1]]], np.float32))
    assert np.allclose(found, [[0.5**0.5, 0.5**0.5]])


def test_ranks_count_those_that_come_before() -> None:
    gallery = np.eye(3, dtype=np.float32)
    queries = np.array([[1, 0, 0], [0.9, 0.3, 0.1], [0.2, 0.3, 0.1]], np.float32)
    assert ranks(queries, gallery).tolist() == [0, 1, 2]


def test_recall_among_few_is_easier_than_among_all() -> None:
    rng = np.random.default_rng(0)
    gallery = unit(rng.normal(size=(300, 8)).astype(np.float32))
    queries = unit(gallery + 0.4 * rng.normal(size=gallery.shape).astype(np.float32))
    everything, few = recall(queries, gallery), recall(queries, gallery, among=20)
    assert 0.1 < everything < few < 1
    assert recall(queries, gallery, first=300) == 1
    assert few == recall(queries, gallery, among=20)
