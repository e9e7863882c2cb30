"""The basis on which a partner may have a category: agreement, consent and purpose together."""
