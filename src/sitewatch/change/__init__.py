"""Detection of dated changes: background → step test → pooling → objects → dates and kinds."""
