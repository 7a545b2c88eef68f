"""Stage 6: what a designer finds."""
