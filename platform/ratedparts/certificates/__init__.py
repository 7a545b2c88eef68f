"""Stage 5: issued, rendered, logged, revoked."""
