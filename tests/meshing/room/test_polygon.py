"""Polygons on the floor."""

import numpy as np
import pytest

from meshing.room import polygon as outline

SQUARE = np.array([[0.0, 2.0], [2.0, 2.0], [2.0, 0.0], [0.0, 0.0]])
L_SHAPE = np.array([[0.0, 4.0], [2.0, 4.0], [2.0, 2.0], [4.0, 2.0], [4.0, 0.0], [0.0, 0.0]])


def test_area_counts_turns() -> None:
    assert outline.area(SQUARE) == pytest.approx(4)
    assert outline.area(SQUARE[::-1]) == pytest.approx(-4)
    assert outline.area(L_SHAPE) == pytest.approx(12)


def test_a_bow_tie_is_not_simple_and_its_hull_is() -> None:
    bow = SQUARE[[0, 2, 1, 3]]
    assert outline.is_simple(SQUARE)
    assert outline.is_simple(L_SHAPE)
    assert not outline.is_simple(bow)
    assert outline.area(outline.hull(bow)) == pytest.approx(4)


def test_needless_corners_go_and_the_others_stay() -> None:
    more = np.array([[0.0, 2.0], [1.0, 2.0], [2.0, 2.0], [2.0, 2.0], [2.0, 0.0], [0.0, 0.0], [0.0, 1.0]])
    assert {tuple(p) for p in outline.without_needless(more)} == {tuple(p) for p in SQUARE}


def test_containment_agrees_with_half_planes() -> None:
    points = np.random.default_rng(0).uniform(-1, 5, (500, 2))
    inside = ((points > 0) & (points < 4)).all(axis=1) & ~((points > 2).all(axis=1))
    assert (outline.contains(L_SHAPE, points) == inside).all()


def test_the_push_brings_a_footprint_inside() -> None:
    box = outline.rectangle(np.array([1.7, -0.2]), np.array([2.4, 0.5]))
    moved = box
    for _ in range(4):
        moved = moved + outline.push_inside(SQUARE, moved)
    assert np.allclose(moved.max(axis=0)[0], 2.0)
    assert np.allclose(moved.min(axis=0)[1], 0.0)
    assert np.allclose(outline.push_inside(SQUARE, moved), 0)


def test_a_corner_of_the_room_pushes_too() -> None:
    box = outline.rectangle(np.array([1.5, 1.0]), np.array([2.5, 2.2]))  # the notch's corner (2, 2) is 0.2 m inside
    assert np.allclose(outline.push_inside(L_SHAPE, box), [0.0, -0.2])


def test_overlap_of_squares_is_that_of_their_sides_and_leads_out() -> None:
    other = SQUARE + np.array([1.75, 0.5])
    depth, direction = outline.overlap(SQUARE, other)
    assert depth == pytest.approx(0.25)
    assert np.allclose(direction, [-1, 0])
    assert outline.overlap(SQUARE + depth * direction, other)[0] == pytest.approx(0, abs=1e-12)
    assert outline.overlap(SQUARE, SQUARE + 5)[0] == 0


def test_turned_squares_are_apart_where_their_boxes_are_not() -> None:
    diamond = np.array([[0.0, 1.0], [1.0, 0.0], [0.0, -1.0], [-1.0, 0.0]])
    assert outline.overlap(diamond, diamond + 1.2)[0] == 0
    assert outline.overlap(diamond, diamond + 0.8)[0] == pytest.approx((2 - 1.6) / 2**0.5)
