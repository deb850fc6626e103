"""The 公共机构学习平台 as docs/platform-contract.md describes it: asked over HTTP, its answers checked."""
