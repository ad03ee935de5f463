"""Training of the small SAM on the drawn world; nothing that segments imports it."""
