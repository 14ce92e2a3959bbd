"""Every write that touches more than one row or needs a rule: verbs, keyword-only, the actor passed in, atomic."""
