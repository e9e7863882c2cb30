"""The file that is uploaded: a zip of tables, or JSON in one of its forms."""
