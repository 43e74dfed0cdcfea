"""Top files: Jinja templates that put a specification together out of other files.

timeloopfe fills in every file it reads with Jinja, and hands templates functions that include
other files. Here they run in a sandbox with bounds, and see only the folders of the given files.
"""
