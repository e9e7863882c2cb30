"""What the resources service takes, answers and announces."""
