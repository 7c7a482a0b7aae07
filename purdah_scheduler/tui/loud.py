"""Threads whose faults are never hidden: what no service announces ends the interface."""

from textual.worker import Worker, WorkerState


class LoudWorkers:
    """For screens: an error in a worker that is not a refusal in words is a fault of the program, and is raised as one."""

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Raise what the worker raised."""
        error = event.worker.error
        if event.state is WorkerState.ERROR and error is not None:
            raise error
