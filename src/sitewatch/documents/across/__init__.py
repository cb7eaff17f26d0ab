"""Across documents: which claims are about the same thing, who first said it, and what changed in the retelling."""
