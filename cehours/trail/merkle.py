"""The Merkle tree of RFC 6962 (2.1) with its proofs, verified as RFC 9162 (2.1.3.2, 2.1.4.2) says. SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

EMPTY = hashlib.sha256().digest()


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """A tree that only grows, kept as the roots of its full subtrees: enough to append and to know the root."""

    def __init__(self, size: int = 0, roots: Iterable[bytes] = ()) -> None:
        self.size = size
        self.roots = list(roots)

    def append(self, leaf: bytes) -> None:
        node, size = leaf_hash(leaf), self.size
        while size & 1:
            node, size = node_hash(self.roots.pop(), node), size >> 1
        self.roots.append(node)
        self.size += 1

    @property
    def root(self) -> bytes:
        if not self.roots:
            return EMPTY
        node = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            node = node_hash(left, node)
        return node


def inclusions(
    leaves: Iterable[bytes], wanted: Callable[[bytes], bool]
) -> dict[int, tuple[bytes, list[bytes]]]:
    """The wanted leaves with their audit paths, from the bottom up, by their place among all leaves.

    Each full subtree carries the unfinished paths of its wanted leaves, so memory grows with those alone.
    """
    found: dict[int, tuple[bytes, list[bytes]]] = {}
    trees: list[tuple[bytes, list[list[bytes]]]] = []
    for index, leaf in enumerate(leaves):
        tree: tuple[bytes, list[list[bytes]]] = (leaf_hash(leaf), [])
        if wanted(leaf):
            found[index] = (leaf, [])
            tree[1].append(found[index][1])
        size = index
        while size & 1:
            tree, size = _joined(trees.pop(), tree), size >> 1
        trees.append(tree)
    while len(trees) > 1:
        right = trees.pop()
        trees.append(_joined(trees.pop(), right))
    return found


def _joined(
    left: tuple[bytes, list[list[bytes]]], right: tuple[bytes, list[list[bytes]]]
) -> tuple[bytes, list[list[bytes]]]:
    for path in left[1]:
        path.append(right[0])
    for path in right[1]:
        path.append(left[0])
    return node_hash(left[0], right[0]), left[1] + right[1]


def consistency(hashes: Sequence[bytes], former: int) -> list[bytes]:
    """The proof that the first `former` leaves (by their leaf hashes) were kept as they were."""
    if not 0 < former <= len(hashes):
        raise IndexError(former)
    return _subproof(former, hashes, True)


def _subproof(former: int, hashes: Sequence[bytes], whole: bool) -> list[bytes]:
    if former == len(hashes):
        return [] if whole else [_root(hashes)]
    split = _split(len(hashes))
    if former <= split:
        return [*_subproof(former, hashes[:split], whole), _root(hashes[split:])]
    return [*_subproof(former - split, hashes[split:], False), _root(hashes[:split])]


def _split(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1


def _root(hashes: Sequence[bytes]) -> bytes:
    if len(hashes) == 1:
        return hashes[0]
    split = _split(len(hashes))
    return node_hash(_root(hashes[:split]), _root(hashes[split:]))


def includes(root: bytes, size: int, index: int, leaf: bytes, path: Sequence[bytes]) -> bool:
    """Whether the path proves that `leaf` is number `index` of the tree with this root and size."""
    if not 0 <= index < size:
        return False
    fn, sn, node = index, size - 1, leaf_hash(leaf)
    for step in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            node = node_hash(step, node)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            node = node_hash(node, step)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and node == root


def continues(former: tuple[int, bytes], latter: tuple[int, bytes], proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the tree `latter` (size, root) begins with the whole of `former`."""
    (first, first_root), (second, second_root) = former, latter
    if first == second:
        return not proof and first_root == second_root
    if not 0 < first < second or not proof:
        return False
    steps = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = steps[0]
    for step in steps[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node_hash(step, fr), node_hash(step, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, step)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and (fr, sr) == (first_root, second_root)
