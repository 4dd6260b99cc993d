"""What people open: one blueprint for each noun."""
