"""The compiled fit and sweep: 16 float32 numbers at a time."""
