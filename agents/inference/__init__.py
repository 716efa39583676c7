"""Models behind one seam: in this process, or on a server. Nothing heavy is imported before a model is opened."""
