"""Amendment of a child's record: asked for, decided, heard, and the statement that stays."""
