"""A service manager in small: holds sockets, lends them by name, and starts a service again if told so.

    launcher.py NAMES AGAIN PROGRAM ARGUMENT...

Listens at a port of its own choice for each of NAMES (`http:admin`) and lends the sockets as systemd does. A
SIGTERM goes to the service; if a file AGAIN is there when the service ends, it is removed and the service is
started once more.
"""

import os
import signal
import socket
import sys

FIRST = 3


def lend(names):
    sockets = []
    for _ in names:
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(4096)
        sockets.append(listener)
    return sockets


def start(sockets, names, command):
    child = os.fork()
    if child:
        return child
    # Out of the way of the numbers that they are to have.
    high = [os.dup2(s.fileno(), 100 + n, inheritable=False) for n, s in enumerate(sockets)]
    for n, fd in enumerate(high):
        os.dup2(fd, FIRST + n)
    os.environ["LISTEN_PID"] = str(os.getpid())
    os.environ["LISTEN_FDS"] = str(len(sockets))
    os.environ["LISTEN_FDNAMES"] = ":".join(names)
    os.execv(command[0], command)


def main():
    names, again, command = sys.argv[1].split(":"), sys.argv[2], sys.argv[3:]
    sockets = lend(names)
    child = None

    def stop(number, _):
        os.kill(child, number)

    signal.signal(signal.SIGTERM, stop)
    while True:
        child = start(sockets, names, command)
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        if code != 0 or not os.path.exists(again):
            sys.exit(code)
        os.remove(again)


main()
