"""Reading case documents into the store. Imports ``kb`` only."""
