"""Importing this registers every noun; `config.apps` does."""

from relations.admin import (
    accounts,
    commitments,
    desks,
    documents,
    issues,
    meetings,
    notes,
    parts,
    people,
    reviews,
    statements,
    working,
)

__all__ = [
    "accounts",
    "commitments",
    "desks",
    "documents",
    "issues",
    "meetings",
    "notes",
    "parts",
    "people",
    "reviews",
    "statements",
    "working",
]
