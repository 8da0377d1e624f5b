"""Processes that start again find each other, and nobody of an earlier start."""

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from lfw_fixtures import check_message
from torch import distributed as dist

from helpers.engine.processes import agree_on_name
from helpers.messages import CourseError

SOON = datetime.timedelta(seconds=20)


@pytest.fixture
def store():
    return dist.HashStore()


def start_all(store, count):
    """The names that `count` processes get, the first process coming last."""
    with ThreadPoolExecutor(count) as pool:
        ranks = [pool.submit(agree_on_name, store, rank, count, SOON)
                 for rank in [*range(1, count), 0]]
        return {rank.result() for rank in ranks}


@pytest.mark.parametrize("count", [1, 2, 5])
def test_every_start_has_one_name_of_its_own(count, store):
    names = [start_all(store, count) for _ in range(4)]
    assert all(len(found) == 1 for found in names)
    assert len(set.union(*names)) == 4


def test_a_start_that_was_broken_off_does_no_harm(store):
    (first,) = start_all(store, 2)
    store.set("proposal", "half")  # the first process died waiting for an answer ...
    store.set("half 1", "an answer")  # ... or just after it came
    (second,) = start_all(store, 2)
    assert second not in (first, "half")


@pytest.mark.parametrize("rank", [0, 1])
def test_one_that_stays_alone_says_so(rank, store):
    start_all(store, 2)  # an earlier start left its answers
    with pytest.raises(CourseError) as caught:
        agree_on_name(store, rank, 2, datetime.timedelta(seconds=1))
    check_message(caught.value, "2", "1")
