"""Deterministic picture operations, masks, grounding and the protocols editors implement."""
