"""The counterpart of 公共机构学习平台, for demo and tests: a process of its own that keeps to the contract's words.

Written from docs/platform-contract.md (sections 1 to 8 and 10) alone. Standard library only, nothing of the product is
imported; what goes wrong here goes wrong by its own switches.
"""
