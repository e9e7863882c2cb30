"""The children a teacher or a case worker is responsible for, by name or by need."""
