"""What each figure computes."""
