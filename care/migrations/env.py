"""Alembic's entry: runs the migrations as ``po_owner`` on the connection that ``care.migrate`` hands over."""

from alembic import context

from care.models import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
