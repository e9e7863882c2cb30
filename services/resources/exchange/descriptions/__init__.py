"""Descriptions of learning resources that come in by file."""
