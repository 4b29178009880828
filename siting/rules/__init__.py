"""The four written rules of 2018, one file each, behind one protocol."""

from siting.rules.base import Rule, Scored
from siting.rules.registry import build_rules

__all__ = ["Rule", "Scored", "build_rules"]
