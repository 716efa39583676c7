"""A person at the game: keys in, pictures out, recordings beside it.

Stands above the environment and beside the agents: it plays through `PMDRedEnv` with the same actions and the same mask
as every agent, and looks at the game through the decoder. Nothing below may know of it. `window.py` is the only file
that imports pygame; everything else works, and is tested, without a display.

In order of a key's way: a `Window` (`interface.py`) gives key events; `keyboard.py` makes them commands;
`menus.py` decides what a command means on the open page; `session.py` plays it; `scene.py` and `notices.py` say what is
to be seen; `picture.py` or `terminal_page.py` draw it.
"""
