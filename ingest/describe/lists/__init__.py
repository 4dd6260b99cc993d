"""Official lists: columns known by their heads or values, one record for each row."""
