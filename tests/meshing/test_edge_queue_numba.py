import numpy as np

from meshing.edge_queue_numba import enlist_waiting, new_queue, pop, push, raise_limit, remove


def test_corners_come_out_in_the_order_of_their_cost_to_one_part_in_32() -> None:
    rng = np.random.default_rng(0)
    cost = 10 ** rng.uniform(-30, 3, 2000)
    queue = new_queue(2000)
    for corner in range(2000):
        push(queue, corner, cost[corner])
    order = [pop(queue) for _ in range(2000)]
    assert sorted(order) == list(range(2000))
    assert (cost[order][1:] / cost[order][:-1]).min() > 1 - 1 / 32
    assert pop(queue) == -1


def test_it_agrees_with_a_sorted_list_while_corners_come_and_go() -> None:
    rng = np.random.default_rng(1)
    queue, there = new_queue(300), dict[int, float]()
    for _ in range(3000):
        corner, what = int(rng.integers(300)), rng.random()
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
    queue = new_queue(3)
    for corner, cost in enumerate((1e300, 0.0, 1e-300)):
        push(queue, corner, cost)
    assert {pop(queue), pop(queue)} == {1, 2}
    assert pop(queue) == 0


def test_what_costs_more_than_the_limit_waits_until_it_is_enlisted() -> None:
    queue = new_queue(8)
    queue.limit[0] = -1
    for corner in range(8):
        push(queue, corner, 2.0**-corner)
    assert pop(queue) == -1
    assert raise_limit(queue, 3) == 3
    enlist_waiting(queue, 0, 7)
    assert [pop(queue) for _ in range(3)] == [6, 5, -1], "of the three cheapest the last was not asked for"
    remove(queue, 0)
    assert raise_limit(queue, 8) == 5
    enlist_waiting(queue, 0, 8)
    assert [pop(queue) for _ in range(6)] == [7, 4, 3, 2, 1, -1]


def test_the_limit_stays_below_a_price_that_too_many_have() -> None:
    queue = new_queue(4)
    queue.limit[0] = -1
    for corner in range(4):
        push(queue, corner, 1.0)
    assert raise_limit(queue, 3) == 0
    enlist_waiting(queue, 0, 4)
    assert pop(queue) == -1
