"""From files to scenes, and from scenes to a cube.

Each name is found in its module: `open.open_path` (path → scenes), `read.read` (scene → pixels),
`assets.verify_assets` (do the files still hold what was opened?). This package imports nothing by itself, so
naming it costs nothing.
"""
