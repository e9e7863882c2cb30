"""The witness of the disclosure log: partners keeps each head that students published."""
