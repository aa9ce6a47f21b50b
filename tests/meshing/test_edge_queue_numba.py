import numpy as np

from meshing.edge_queue_numba import Queue, enlist_waiting, new_queue, pop, push, raise_limit, remove


def empty_queue(n_faces: int) -> tuple[Queue, list[int]]:
    """A queue and the corners that it may hold; the rows between them are of somebody else."""
    links = np.full((4 * n_faces, 4), -1, np.int32)
    links[3::4] = 1
    return new_queue(links), [4 * face + corner for face in range(n_faces) for corner in range(3)]


def test_corners_come_out_in_the_order_of_their_cost_to_one_part_in_32() -> None:
    rng = np.random.default_rng(0)
    queue, corners = empty_queue(600)
    cost = 10 ** rng.uniform(-30, 3, 2400)
    for corner in corners:
        push(queue, corner, cost[corner])
    order = [pop(queue) for _ in corners]
    assert sorted(order) == corners
    assert (cost[order][1:] / cost[order][:-1]).min() > 1 - 1 / 32
    assert pop(queue) == -1


def test_it_agrees_with_a_sorted_list_while_corners_come_and_go() -> None:
    rng = np.random.default_rng(1)
    (queue, corners), there = empty_queue(100), dict[int, float]()
    for _ in range(3000):
        corner, what = corners[rng.integers(300)], rng.random()
        if what < 0.5 and corner not in there:
            there[corner] = float(2.0 ** rng.integers(-40, 40))  # each a list of its own
            push(queue, corner, there[corner])
        elif what < 0.7:
            remove(queue, corner)
            there.pop(corner, None)
        elif there:
            least = min(there.values())
            assert there.pop(pop(queue)) == least
    left = sorted(there.values())
    assert [there[pop(queue)] for _ in left] == left


def test_costs_of_nothing_and_of_too_much_for_single_precision_have_their_place() -> None:
    queue, _ = empty_queue(1)
    for corner, cost in enumerate((1e300, 0.0, 1e-300)):
        push(queue, corner, cost)
    assert {pop(queue), pop(queue)} == {1, 2}
    assert pop(queue) == 0


def test_what_costs_more_than_the_limit_waits_until_it_is_enlisted() -> None:
    queue, corners = empty_queue(3)
    queue.limit[0] = -1
    for corner in corners:
        push(queue, corner, 2.0**-corner)
    assert pop(queue) == -1
    assert raise_limit(queue, 3) == 3
    enlist_waiting(queue, 0, 10)
    assert [pop(queue) for _ in range(3)] == [9, 8, -1], "of the three cheapest the last was not asked for"
    remove(queue, 0)
    assert raise_limit(queue, 9) == 6
    enlist_waiting(queue, 0, 12)
    assert [pop(queue) for _ in range(7)] == [10, 6, 5, 4, 2, 1, -1]


def test_the_limit_stays_below_a_price_that_too_many_have() -> None:
    queue, corners = empty_queue(2)
    queue.limit[0] = -1
    for corner in corners:
        push(queue, corner, 1.0)
    assert raise_limit(queue, 3) == 0
    enlist_waiting(queue, 0, 8)
    assert pop(queue) == -1
