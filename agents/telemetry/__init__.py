"""What a run leaves behind: its event log, its folder, and what a person sees while it goes."""
