"""Runs under faults: thousands of them, drawn from a seed, and what must hold whatever goes wrong.

`python -m stress` runs the campaigns and prints their figures; ``tests/faults/`` runs a sample of each. Every run follows
from a seed and a number, and a violation is printed with the command that repeats it.
"""
