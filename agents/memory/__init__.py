"""What the agents remember: records of steps under keys that are compared, kept across episodes and kills."""
