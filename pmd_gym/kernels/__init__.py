"""Compiled loops of the environment: what is legal, what is seen, what is earned, read from EWRAM images.

Nothing here imports Gymnasium. Importing a module of this package loads Numba; the package itself does not.
"""
