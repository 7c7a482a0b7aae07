"""Real servers for `make test-servers`: installed from the package registries, on this machine alone."""
