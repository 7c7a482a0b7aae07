"""The places that posts go to: one module each, reached through `catalogue`, which imports them only when they are used."""
