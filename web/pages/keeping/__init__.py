"""What somebody keeps for later, or hands on."""
