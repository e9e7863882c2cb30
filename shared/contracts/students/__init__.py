"""The public language of students."""
