"""Helpers of the data-values reproduction suite."""
