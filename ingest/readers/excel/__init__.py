"""Excel books and CSV files."""
