"""The read API, `/api/v1/`: the desk's nouns for a user's own programs, under the rules of the pages (R7)."""
