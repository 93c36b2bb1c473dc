"""Runs the tests side by side in forks of pytest's process, where there is `fork`.

A test of the suite mostly waits, for programs and for one another, so that it takes
many at a time to keep two processors busy. A fork has all that pytest has collected,
at the cost of a few milliseconds; a process of pytest-xdist begins anew, which takes
as long as twenty tests. (That is what is used where a fork is not safe.)
"""

import multiprocessing
import os
from multiprocessing.connection import Connection, wait

import pytest


class Workers:
    """A plugin that has so many forks of this process run the tests."""

    def __init__(self, count: int):
        self._count = count
        self._context = multiprocessing.get_context("fork")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session) -> bool | None:
        """Give each test to the next fork that is idle, in their order."""
        if (
            session.testsfailed
            and not session.config.option.continue_on_collection_errors
        ):
            return None  # pytest's own loop tells of what could not be collected
        # Made before there are forks, so that they share it.
        session.config._tmp_path_factory.getbasetemp()
        waiting = iter(enumerate(session.items))
        running: dict[Connection, int] = {}
        for _ in range(min(self._count, len(session.items))):
            self._give(session, self._fork(session), waiting, running)
        while running:
            for worker in wait(list(running)):
                if self._hear(session, worker, running) and not _stop(session):
                    self._give(session, worker, waiting, running)
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)
        return True

    def _fork(self, session) -> Connection:
        ours, theirs = self._context.Pipe()
        self._context.Process(target=_work, args=(session, theirs), daemon=True).start()
        theirs.close()
        return ours

    def _give(self, session, worker, waiting, running) -> None:
        place, item = next(waiting, (None, None))
        if item is None:
            worker.close()
            return
        running[worker] = place
        hook = session.config.hook
        hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        worker.send(place)

    def _hear(self, session, worker, running) -> bool:
        """Take what a fork tells; whether its test is done."""
        hook = session.config.hook
        item = session.items[running[worker]]
        try:
            told = worker.recv()
        except (EOFError, ConnectionResetError):
            told = None
        if isinstance(told, dict):
            report = hook.pytest_report_from_serializable(
                config=session.config, data=told
            )
            hook.pytest_runtest_logreport(report=report)
            return False
        del running[worker]
        hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        if told is None:
            raise pytest.UsageError(f"{item.nodeid}: pytest itself ended in this test")
        return True


def _stop(session) -> bool:
    return bool(session.shouldfail or session.shouldstop)


def _work(session, parent: Connection) -> None:
    """A fork: run the tests that it is given, and tell what pytest would show."""
    config = session.config
    manager = config.pluginmanager
    manager.unregister(name="terminalreporter")
    manager.register(Teller(config, parent))
    # What it prints is its own: each fork has a file to catch it.
    capture = manager.getplugin("capturemanager")
    capture.stop_global_capturing()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    capture.start_global_capturing()
    while True:
        try:
            item = session.items[parent.recv()]
        except (EOFError, KeyboardInterrupt):
            return
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        parent.send("done")


class Teller:
    """A plugin of a fork: it tells the parent what pytest reports."""

    def __init__(self, config, parent: Connection):
        self._config = config
        self._parent = parent

    def pytest_runtest_logreport(self, report) -> None:
        hook = self._config.hook
        self._parent.send(
            hook.pytest_report_to_serializable(config=self._config, report=report)
        )
