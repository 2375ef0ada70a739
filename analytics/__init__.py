"""Pure functions over frames: no files, clock, network or randomness of their own."""
