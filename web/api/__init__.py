"""What programs open: JSON over HTTP, and its description."""
