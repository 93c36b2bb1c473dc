"""Works a submission's `Connexio` at the suite's word: a program of its own.

    python driver_program.py FOLDER

It reads one JSON request a line on standard input and answers each with one line of
JSON on what was standard output; the submission's own prints go to standard error.
Requests: `{"do": "import"}`, `{"do": "connect", "port": N, …}` (a new connection, in a
`Connexio`), `{"do": "turn", "place": N}` (back to the one made as number N), `{"do":
"rep"}`, `{"do": "envia", "text": …}`, `{"do": "tanca"}`, `{"do": "threads", "texts":
[[…], […]]}` (a thread for each list, all at once), `{"do": "hold"}` (keep another hold
on the socket, as another thread may).
Answers: `{"status": "OK", "message": …}` for what was returned, or `{"raised": …}`.
"""

import json
import os
import socket
import sys
import threading
import time
import traceback


class ShortSocket(socket.socket):
    """A socket whose `send()` takes 100 bytes at most, as the system's may."""

    def send(self, data, *flags):
        sent = super().send(bytes(data[:100]), *flags)
        time.sleep(0.0002)  # now another thread may come in between
        return sent

    def sendall(self, data, *flags):
        data = bytes(data)
        while data:
            data = data[self.send(data, *flags) :]


class DroppingSocket(socket.socket):
    """A socket whose `recv()` gives a few bytes at most, as the system's may."""

    drops = 1

    # With flags (MSG_PEEK, MSG_WAITALL) more than the few may be what is asked for.
    def recv(self, size, flags=0):
        return super().recv(size if flags else min(size, self.drops), flags)

    def recv_into(self, buffer, size=0, flags=0):
        size = size or len(buffer)
        return super().recv_into(
            buffer, size if flags else min(size, self.drops), flags
        )


def main(folder):
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    requests = os.fdopen(os.dup(0), encoding="ascii")
    # A submission that reads the keyboard must not eat the requests.
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.path[0] = folder
    state = {"made": []}
    for request in requests:
        try:
            answer = work(state, json.loads(request))
        except BaseException:  # whatever the submission raises is an answer
            answer = {"raised": traceback.format_exc()}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def work(state, request):
    match request["do"]:
        case "import":
            import connexio

            state["module"] = connexio
            return {"threads": threading.active_count()}
        case "connect":
            kind = ShortSocket if request["short"] else socket.socket
            kind = DroppingSocket if request["drops"] else kind
            sock = kind(socket.AF_INET, socket.SOCK_STREAM)
            if request["drops"]:
                sock.drops = request["drops"]
            if request["buffer"]:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, request["buffer"])
            sock.connect(("127.0.0.1", request["port"]))
            state["connexio"] = state["module"].Connexio(sock)
            state["sock"] = sock
            state["made"].append((state["connexio"], sock))
            return {}
        case "turn":
            state["connexio"], state["sock"] = state["made"][request["place"]]
            return {}
        case "rep":
            return returned(state["connexio"].rep(), pair=True)
        case "envia":
            return returned(state["connexio"].envia(request["text"]), pair=False)
        case "tanca":
            state["connexio"].tanca()
            return {}
        case "hold":
            state["hold"] = state["sock"].dup()
            return {}
        case "threads":
            return send_from_threads(state["connexio"], request["texts"])


def returned(value, pair):
    """What a call returned, in JSON's terms; its status by name."""
    if pair:
        if not (isinstance(value, tuple) and len(value) == 2):
            return {"odd": repr(value)}
        status, message = value
    else:
        status, message = value, None
    name = getattr(status, "name", None)
    if name is None or not (message is None or isinstance(message, str)):
        return {"odd": repr(value)}
    return {"status": name, "message": message}


def send_from_threads(connexio, texts):
    """Send each list of texts from a thread of its own, all starting together."""
    start = threading.Barrier(len(texts))
    answers = [None] * len(texts)

    def send(place):
        try:
            start.wait()
            statuses = [connexio.envia(text) for text in texts[place]]
            answers[place] = {
                "statuses": [getattr(s, "name", repr(s)) for s in statuses]
            }
        except BaseException:
            answers[place] = {"raised": traceback.format_exc()}

    threads = [threading.Thread(target=send, args=(n,)) for n in range(len(texts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return next((a for a in answers if "raised" in a), None) or {
        "statuses": [name for answer in answers for name in answer["statuses"]]
    }


if __name__ == "__main__":
    main(sys.argv[1])
