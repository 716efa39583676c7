"""Skills: things a player can do that take several actions, found on disk and loaded anew when their files change."""
