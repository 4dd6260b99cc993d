"""How the built-in model is made. Not part of the product; see README.md beside this file."""
