"""Answers for Python's `re`: one JSON question a line on stdin, one JSON answer a line on stdout, in order.

{"ask": "search", "patterns": [[pattern, flags, [[text, from], ...]], ...]}
    for each pattern {"error": message, "at": position} or a list with one entry for each text: the places of all groups as
    start, end, start, end, ... in code points (-1 where unset), null where nothing is found, "hang" where it took too long, "broken" where re itself
    says that it has a bug.
{"ask": "tables"}
    what this Python knows of every code point.
{"ask": "characters"}
    all characters that have a name, as [[code point, name], ...].
{"ask": "names", "names": [...]}
    code points for names of characters, null for unknown ones.
"""

import json
import re
import signal
import sys
import unicodedata
import warnings

# of the processor's time, so that a busy machine changes no answer
SECONDS_PER_SEARCH = 0.5
HIGHEST = 0x10FFFF


class TooLong(Exception):
    """The alarm rang within a search."""


def ring(_signal, _frame):
    raise TooLong


def places(pattern, text, start):
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS_PER_SEARCH)
        found = pattern.search(text, start)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    except (TooLong, MemoryError):
        return "hang"
    except SystemError:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        return "broken"
    if found is None:
        return None
    return [place for group in found.regs for place in group]


def judge(source, flags, texts):
    try:
        pattern = re.compile(source, flags)
    except re.error as error:
        return {"error": str(error), "at": error.pos}
    except (OverflowError, ValueError) as error:
        return {"error": str(error), "at": None}
    except RecursionError:
        return {"error": "RecursionError", "at": None}
    return [places(pattern, text, start) for text, start in texts]


def runs(holds):
    """The code points that satisfy a test, as low, high, low, high, ..."""
    ends = []
    for code in range(HIGHEST + 1):
        if holds(chr(code)):
            if ends and ends[-1] == code - 1:
                ends[-1] = code
            else:
                ends += [code, code]
    return ends


def cases():
    """For each character that (?i) does not take for itself alone: all that it takes, as a literal, in a class and by reference."""
    everything = "".join(map(chr, [*range(0xD800), *range(0xE000, HIGHEST + 1)]))
    letters = "".join(c for c in everything if c.lower() != c or c.upper() != c or c.casefold() != c or c.title() != c)
    found = []
    for c in letters:
        literal = sorted(map(ord, re.findall("(?i)" + c, letters)))
        listed = sorted(map(ord, re.findall("(?i)[" + c + "\x00]", letters)))
        again = sorted(code for code in literal if re.match("(?i)(.)\\1", c + chr(code)))
        ascii_only = sorted(map(ord, re.findall("(?ai)" + c, letters)))
        found.append([ord(c), literal, listed, again, ascii_only])
    return found


def tables():
    tests = {name: re.compile(name).match for name in (r"\d", r"\s", r"\w", r"(?a)\d", r"(?a)\s", r"(?a)\w")}
    tests["printable"] = str.isprintable
    tests["identifier-start"] = str.isidentifier
    tests["identifier-part"] = lambda c: ("a" + c).isidentifier()
    tests["letter"] = str.isalpha
    tests["decimal"] = str.isdecimal
    tests["case"] = lambda c: len(c.lower()) != 1 or c.lower() != c or c.upper() != c
    answer = {name: runs(test) for name, test in tests.items()}
    return {"version": unicodedata.unidata_version, "sets": answer, "cases": cases()}


def characters():
    named = ((code, unicodedata.name(chr(code), None)) for code in range(HIGHEST + 1))
    return [[code, name] for code, name in named if name is not None]


def code_of(name):
    try:
        return ord(unicodedata.lookup(name))
    except (KeyError, TypeError):
        return None


def answer(question):
    if question["ask"] == "search":
        return [judge(*entry) for entry in question["patterns"]]
    if question["ask"] == "tables":
        return tables()
    if question["ask"] == "characters":
        return characters()
    return [code_of(name) for name in question["names"]]


warnings.simplefilter("ignore")
signal.signal(signal.SIGVTALRM, ring)
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
