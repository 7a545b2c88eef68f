"""Stage 4: approved, refused or sent back by somebody who is no party to it."""
