"""What a case says of itself: town, year, field, facts, each with its evidence."""
