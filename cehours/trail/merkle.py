"""The Merkle tree of RFC 6962 (2.1) with its proofs, verified as RFC 9162 (2.1.3.2, 2.1.4.2) says. SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

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


class Tree:
    """A whole tree in memory, level by level (32 bytes a node), for making proofs."""

    def __init__(self, leaves: Iterable[bytes]) -> None:
        level = [leaf_hash(leaf) for leaf in leaves]
        self.levels = [level]
        while len(level) > 1:
            pairs = [node_hash(*level[i : i + 2]) for i in range(0, len(level) - 1, 2)]
            level = pairs + ([level[-1]] if len(level) % 2 else [])  # who has no neighbour goes up as it is
            self.levels.append(level)

    @property
    def root(self) -> bytes:
        return self.levels[-1][0] if self.levels[-1] else EMPTY

    def inclusion(self, index: int) -> list[bytes]:
        """The audit path of a leaf, from the bottom up. Raises IndexError."""
        if not 0 <= index < len(self.levels[0]):
            raise IndexError(index)
        path = []
        for level in self.levels[:-1]:
            if index ^ 1 < len(level):
                path.append(level[index ^ 1])
            index >>= 1
        return path


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
