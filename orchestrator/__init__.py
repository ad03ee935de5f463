"""Plans, runs, verifies and remembers multi-step picture edits; the layer users talk to."""
