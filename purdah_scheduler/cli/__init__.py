"""The command line: everything the interface can do, for scripts; it asks the services and decides nothing itself."""
