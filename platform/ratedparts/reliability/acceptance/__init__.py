"""Acceptance: sampling plans, demonstration tests and what either would let through."""
