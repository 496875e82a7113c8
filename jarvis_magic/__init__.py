"""HuggingGPT, native to the notebook."""
