"""Who may say yes or no for a child."""
