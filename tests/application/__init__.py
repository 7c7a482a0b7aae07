"""Claims about the services, on a real store in a temporary folder."""
