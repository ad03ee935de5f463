"""Import of the published weights: reading, checking, merging and writing one model folder."""
