"""From a parsed TOML file to a Policy, refusing whatever the engine would not evaluate exactly."""

from rules.schema.policy import read_policy

__all__ = ["read_policy"]
