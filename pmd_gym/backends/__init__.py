"""The turn level: `num_envs` games behind one seam, simulated in this process or played on emulators."""
