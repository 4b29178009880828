"""Faults on purpose: processes killed at random moments, many writers at once, full disks."""
