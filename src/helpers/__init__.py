"""Helpers of the OPSN study: clean the evidence, find classes of operators, build the reports."""

__version__ = "0.1.0"
