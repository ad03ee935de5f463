"""Training: losses, data mixing, LoRA, stages and the loop. Inference never imports it."""
