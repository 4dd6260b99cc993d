"""What is found once for a state."""

from __future__ import annotations

from kb.base.once import Once


def test_it_is_found_once_for_a_state_and_as_many_are_kept_as_were_asked_for() -> None:
    found: list[int] = []

    def get(once: Once, key: int, state: int = 0) -> int:
        def make() -> int:
            found.append(key)
            return key * 10

        return once.get(key, state, make)

    once = Once(3)
    assert [get(once, key) for key in (1, 2, 1, 2)] == [10, 20, 10, 20]
    assert found == [1, 2]
    get(once, 1, state=1)
    assert found == [1, 2, 1]
    for key in (2, 3, 4):  # one more than it keeps
        get(once, key, state=1)
    assert get(once, 4, state=1) == 40
    get(once, 1, state=1)
    assert found == [1, 2, 1, 2, 3, 4, 1]
