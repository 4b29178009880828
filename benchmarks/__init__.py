"""Measurements: every figure the project states is printed by one of these."""
