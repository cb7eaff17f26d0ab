"""Documents: reading them, the claims in them, and how the claims of several stand to each other."""
