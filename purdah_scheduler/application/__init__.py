"""What the product does; speaks only the domain and the ports."""
