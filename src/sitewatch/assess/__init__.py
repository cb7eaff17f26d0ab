"""Claims held against objects and measurements; hypotheses weighed; what may be said of it."""
