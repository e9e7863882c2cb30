"""Emergency access: opened for a day with a reason, and reviewed by somebody else."""
