"""Pre-election periods, regimes and rules of the UK, each with its source."""
