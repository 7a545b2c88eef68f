"""One module a schema change, each with a way up and a way down."""
