"""The parts of a model in this process; `agents.inference.transformers` puts them together."""
