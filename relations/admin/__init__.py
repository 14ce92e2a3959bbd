"""The desk's administration: every noun, under the same rules as the pages. `nouns` registers them."""
