"""Proficiency rounds: one item measured by several laboratories, and how each of them did."""
