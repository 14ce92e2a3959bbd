"""The process that reads one file: from standard input, to JSON on standard output."""

import dataclasses
import json
import resource
import sys

from relations.extraction.reading import read
from relations.extraction.results import CannotRead

_CPU_SECONDS = 15
_MEMORY = 1536 * 1024 * 1024


def main() -> None:
    """Read the file within bounds and say what is in it, or why it cannot be read."""
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it writes no file; standard output is a pipe
    answers, sys.stdout = sys.stdout, sys.stderr  # whatever a library prints is no part of the answer
    try:
        answer = dataclasses.asdict(read(sys.stdin.buffer.read()))
    except CannotRead as cannot:
        answer = {"fault": cannot.fault.value}
    json.dump(answer, answers, default=str)


main()
