"""The room where the participants are, and what they hear."""

import threading
from collections import deque

from connexio import Estat


class Member:
    """A participant of the chat."""

    def __init__(self, name, connection):
        self.name = name
        self.connection = connection

    def hears(self, line):
        """Send it a line; tell whether it took it."""
        return self.connection.envia(line) is Estat.OK


class Room:
    """Members come in, talk and go one at a time: all see the same."""

    def __init__(self, log):
        self._log = log
        self._members = []
        self._lock = threading.Lock()
        self._closed = threading.Event()

    @property
    def is_closed(self):
        return self._closed.is_set()

    def close(self):
        """Let nobody come in and nothing be said any more."""
        self._closed.set()

    def wait(self, seconds):
        """Wait until the room is closed, or for so long; tell which."""
        return self._closed.wait(seconds)

    def names(self):
        """The members' names, in order of arrival."""
        with self._lock:
            return [member.name for member in self._members]

    def admit(self, newcomer):
        """Let somebody in, and tell everyone."""
        with self._lock:
            if self.is_closed:
                return
            self._members.append(newcomer)
            newcomer.hears(
                f"* Hola, {newcomer.name}! Ja ets al xat. "
                f"Participants: {len(self._members)}."
            )
            self._log.info("%s has come in", newcomer.name)
            self._announce(f"* {newcomer.name} ha entrat al xat.", but=newcomer)

    def speak(self, author, text):
        """Pass on what a member says."""
        with self._lock:
            if author in self._members:
                self._announce(f"[{author.name}] {text}", but=author)

    def leave(self, member):
        """Say goodbye to a member."""
        with self._lock:
            if self._remove(member):
                self._log.info("%s has left", member.name)
                self._announce(f"* {member.name} ha abandonat el xat.")

    def lose(self, member):
        """Tell that a member is lost, unless it is no member any more."""
        with self._lock:
            if self._remove(member):
                self._log.warning("the connection with %s is lost", member.name)
                self._announce(f"* S'ha perdut la connexió amb {member.name}.")

    def forget(self, member):
        """Take a member off the list without a word."""
        with self._lock:
            self._remove(member)

    def _remove(self, member):
        if member not in self._members:
            return False
        self._members.remove(member)
        return True

    def _announce(self, line, but=None):
        """Say a line to all; then, one by one, the farewells of those who fail."""
        waiting = deque([(line, but)])
        while waiting and not self.is_closed:
            line, but = waiting.popleft()
            hearers = [member for member in self._members if member is not but]
            for lost in [member for member in hearers if not member.hears(line)]:
                self._remove(lost)
                self._log.warning("the connection with %s is lost", lost.name)
                waiting.append((f"* S'ha perdut la connexió amb {lost.name}.", None))
