"""Players: the seam they share (`interface`), a random one and a scripted one that needs no model."""
