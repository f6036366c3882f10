"""The peers that Sojourn is measured beside, each in a process of its own: the same questions, the same answers.

`questions` has a module a question, with every engine's ways to answer it; `engines` are the processes.
"""
