"""Jobs behind one port: recorded with their cause, run by whoever is free, retried when a worker dies."""
