"""Data valuation by reinforcement learning."""
