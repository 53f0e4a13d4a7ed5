"""What is a row of a table worth? Any number of columns and classes, and any classifier."""
