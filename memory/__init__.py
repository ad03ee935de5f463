"""The session store: immutable revisions in a DAG, content-addressed pixels, chat log."""
