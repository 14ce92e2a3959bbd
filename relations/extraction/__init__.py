"""Text out of files: what kind a file is, by its content; its text; and what it says of its title, day and language.

`sandbox.extract` is the way in: it reads the file in a process of its own with bounds on time and memory.
"""
