"""Open-vocabulary detectors of transformers: OWL-ViT, OWLv2 and Grounding DINO."""
