"""The log's tree gives the roots and proofs of RFC 6962, and no others pass."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cehours.trail.merkle import Frontier, Tree, consistency, continues, includes

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


def frontier(size: int) -> Frontier:
    tree = Frontier()
    for leaf in LEAVES[:size]:
        tree.append(leaf)
    return tree


def test_the_roots_are_those_of_the_standards_vectors() -> None:
    assert {size: frontier(size).root.hex() for size in ROOTS} == ROOTS
    assert {size: Tree(LEAVES[:size]).root.hex() for size in ROOTS} == ROOTS


@given(st.integers(1, 40), st.data())
def test_every_leaf_is_proved_and_nothing_else_is(size: int, data: st.DataObject) -> None:
    leaves = [bytes([number]) for number in range(size)]
    tree = Tree(leaves)
    index = data.draw(st.integers(0, size - 1))
    path = tree.inclusion(index)
    assert includes(tree.root, size, index, leaves[index], path)
    assert not includes(tree.root, size, index, b"another", path)
    assert not includes(tree.root, size, index, leaves[index], [*path, b"\0" * 32])
    assert not includes(tree.root, size, size, leaves[index], path)
    if path:
        assert not includes(tree.root, size, index, leaves[index], path[:-1])


@given(st.integers(1, 40), st.data())
def test_a_grown_tree_is_proved_to_begin_with_the_former(size: int, data: st.DataObject) -> None:
    leaves = [bytes([number]) for number in range(size)]
    former = data.draw(st.integers(1, size))
    first, second = Tree(leaves[:former]), Tree(leaves)
    proof = consistency(second.levels[0], former)
    assert continues((former, first.root), (size, second.root), proof)
    changed = Tree([b"another", *leaves[1:former]])
    assert not continues((former, changed.root), (size, second.root), proof)
    if proof:
        assert not continues((former, first.root), (size, second.root), proof[:-1])


@given(st.integers(0, 40), st.integers(0, 40))
def test_a_tree_goes_on_from_its_frontier(size: int, more: int) -> None:
    leaves = [bytes([number]) for number in range(size + more)]
    tree = Frontier()
    for leaf in leaves[:size]:
        tree.append(leaf)
    again = Frontier(tree.size, tree.roots)
    for leaf in leaves[size:]:
        again.append(leaf)
    assert (again.size, again.root) == (size + more, Tree(leaves).root)
