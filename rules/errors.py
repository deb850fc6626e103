"""What can be wrong: a policy file, or the facts somebody typed."""

from __future__ import annotations


class PolicyError(Exception):
    """A policy file says something the engine will not evaluate.

    Raised while loading, so that a doubtful policy never produces a number.
    """

    def __init__(self, file: str, key: str, reason: str) -> None:
        super().__init__(f"{file}: {key}: {reason}")
        self.file = file
        self.key = key
        self.reason = reason


class RuleInputError(ValueError):
    """A fact is missing, malformed or out of range. `says` is a Chinese sentence telling what to do."""

    def __init__(self, key: str, says: str) -> None:
        super().__init__(says)
        self.key = key
        self.says = says
