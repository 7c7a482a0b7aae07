"""How messages leave: each by a program of its own, which is killed when its time is over."""
