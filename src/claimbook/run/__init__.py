"""Notebook execution in ordinary kernels, and what a notebook uses while it runs."""
