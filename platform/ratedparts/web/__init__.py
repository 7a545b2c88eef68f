"""The faces: pages for people, an API for programs, both calling the same verbs."""
