"""A brief in the form that an office gives."""
