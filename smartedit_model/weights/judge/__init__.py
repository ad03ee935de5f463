"""The judge's weights and card; no code."""
