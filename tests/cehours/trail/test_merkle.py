"""The log's tree gives the roots and proofs of RFC 6962, and no others pass."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from cehours.trail.merkle import Frontier, consistency, continues, includes, inclusions, leaf_hash

# The test vectors that certificate transparency's own implementations share: eight leaves and their roots.
LEAVES = [bytes.fromhex(each) for each in ("", "00", "10", "2021", "3031", "40414243")] + [
    bytes.fromhex("5051525354555657"),
    bytes.fromhex("606162636465666768696a6b6c6d6e6f"),
]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def grown(leaves: Iterable[bytes]) -> Frontier:
    tree = Frontier()
    for leaf in leaves:
        tree.append(leaf)
    return tree


def proof(leaves: list[bytes], former: int) -> list[bytes]:
    return consistency([leaf_hash(leaf) for leaf in leaves], former)


def test_the_roots_are_those_of_the_standards_vectors() -> None:
    assert {size: grown(LEAVES[:size]).root.hex() for size in ROOTS} == ROOTS


@given(st.integers(1, 40), st.data())
def test_every_leaf_is_proved_and_nothing_else_is(size: int, data: st.DataObject) -> None:
    leaves = [bytes([number]) for number in range(size)]
    tree = grown(leaves)
    index = data.draw(st.integers(0, size - 1))
    path = inclusions(leaves, lambda leaf: leaf == leaves[index])[index][1]
    assert includes(tree.root, size, index, leaves[index], path)
    assert not includes(tree.root, size, index, b"another", path)
    assert not includes(tree.root, size, index, leaves[index], [*path, b"\0" * 32])
    assert not includes(tree.root, size, size, leaves[index], path)
    if path:
        assert not includes(tree.root, size, index, leaves[index], path[:-1])


@given(st.integers(1, 40), st.sets(st.integers(0, 39)))
def test_several_leaves_are_proved_in_one_pass(size: int, wanted: set[int]) -> None:
    leaves = [bytes([number]) for number in range(size)]
    found = inclusions(leaves, lambda leaf: leaf[0] in wanted)
    assert set(found) == {index for index in wanted if index < size}
    root = grown(leaves).root
    assert all(includes(root, size, index, leaf, path) for index, (leaf, path) in found.items())


@given(st.integers(1, 40), st.data())
def test_a_grown_tree_is_proved_to_begin_with_the_former(size: int, data: st.DataObject) -> None:
    leaves = [bytes([number]) for number in range(size)]
    former = data.draw(st.integers(1, size))
    first, second = grown(leaves[:former]), grown(leaves)
    steps = proof(leaves, former)
    assert continues((former, first.root), (size, second.root), steps)
    changed = grown([b"another", *leaves[1:former]])
    assert not continues((former, changed.root), (size, second.root), steps)
    if steps:
        assert not continues((former, first.root), (size, second.root), steps[:-1])


@given(st.integers(0, 40), st.integers(0, 40))
def test_a_tree_goes_on_from_its_frontier(size: int, more: int) -> None:
    leaves = [bytes([number]) for number in range(size + more)]
    tree = grown(leaves[:size])
    again = Frontier(tree.size, tree.roots)
    for leaf in leaves[size:]:
        again.append(leaf)
    assert (again.size, again.root) == (size + more, grown(leaves).root)
