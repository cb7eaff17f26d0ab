"""One verb a file: chain stages and ask the case to write."""
