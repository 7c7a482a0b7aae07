"""Stand-ins for the services that the product talks to; they listen on loopback alone."""
