"""Building reports: chapters and other steps, run when what they depend on has changed."""
