"""An action network: practitioners of several partners working on one outcome."""
