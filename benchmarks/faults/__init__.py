"""What may go wrong while the product writes, and whether anything is lost, doubled, changed or shown."""
