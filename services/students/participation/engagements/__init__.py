"""Engagements: a child's stages in a partner's program, places and waiting lists."""
