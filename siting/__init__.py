"""Decide where the stations go."""
