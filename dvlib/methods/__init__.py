"""Valuation methods: what each data point is worth. One method per module."""
