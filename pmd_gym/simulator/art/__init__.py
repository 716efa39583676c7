"""Original pixel art of the simulated screen, made by plain NumPy from compact sources in this folder.

Knows nothing of the RAM, of Numba or of the game's rules: ids in, arrays of pixels out.
"""
