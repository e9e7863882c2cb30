"""The decisions on each child and partner: the parts to publish, and the parts to take back."""
