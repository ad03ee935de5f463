"""The plan critic: a deterministic check of every plan, from any source, before anything runs.

``orchestrator.critic.review`` is the way in. It looks at words, never at pixels.
"""
