"""Every promise of the project as a line with its measured value: ``python -m acceptance``."""
