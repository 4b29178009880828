"""How a workspace is kept: a database for the catalogue, immutable files for what it lists."""

from __future__ import annotations
