"""The alembic environment and its versions, installed as ratedparts.migrations."""
