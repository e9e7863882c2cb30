"""A child's attendance in a school year, and its sums by place and grade."""
