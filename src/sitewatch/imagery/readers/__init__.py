"""One reader for each kind of delivery; `imagery.open` asks them in turn."""
