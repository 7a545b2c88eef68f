"""Stage 3: from evidence to a dossier to a decision, stored with its reasons."""
