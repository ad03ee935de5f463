"""Measures editing models: on a benchmark folder, and on the drawn world's test split.

It knows the world, the pipeline and the `Editor` protocol; no plan, no session. Nothing but the
command line imports it.
"""
