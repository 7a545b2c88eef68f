"""Stage 1: series and parts, plans, uploads: accepted, or refused with every error at once."""
