"""The terminal interface: shows what the services answer and decides nothing itself."""
