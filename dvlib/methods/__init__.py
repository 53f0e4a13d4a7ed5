"""What is a point worth? One valuation method per module."""
