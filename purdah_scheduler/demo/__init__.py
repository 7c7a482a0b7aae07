"""The demonstration: a complete invented department on which everything can be tried, and nothing leaves the machine."""

from purdah_scheduler.demo.run import run_demo

__all__ = ["run_demo"]
