"""A language model as planner: asked in a closed format, checked as a stranger, replaced by rules.

``orchestrator.llm.planner`` is the way in. Whatever a model answers, only a validated ``EditPlan``
leaves this package; no model is imported before one is asked for.
"""
