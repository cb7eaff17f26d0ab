"""Exchange formats, one a file, reading and writing together."""
