"""Training of the project's own small vision-language model: examples, a tokenizer, the model, fitting."""
