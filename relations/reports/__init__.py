"""Reads over several models, answered as frozen dataclasses."""
