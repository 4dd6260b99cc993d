"""The ground: values, errors, settings. Imports nothing of the project."""
