"""The SmartEdit core (arXiv 2312.06739): a multimodal LLM, the BIM and a diffusion model."""
