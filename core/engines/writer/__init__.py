"""A language model that writes what it is asked to: any local instruct model, through transformers."""
