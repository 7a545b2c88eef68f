"""Stage 2: evidence: the bytes as given and their typed columns; append-only."""
