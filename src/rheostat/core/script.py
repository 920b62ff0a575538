"""Cut a Flink SQL script into statements, and find the faults that need no Flink to be seen.

Flink's parser stays the judge of SQL; this lexer only knows where statements, strings and comments
begin and end, so that a fault can be shown at its place before anything is started. What it takes
for a comment or a string was compared with the parsers of Flink 1.20.5 and 2.3.0: `//` is a comment
like `--`, comments do not nest, a hint is SQL and not a comment, and in E'..' a backslash escapes.
Lines and columns are 1-based and columns count Unicode code points. Nothing here raises.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from rheostat.core.reserved import find_reserved


class Kind(StrEnum):
    """What a statement does, as far as its first words tell."""

    SET = "set"
    RESET = "reset"
    INSERT = "insert"
    STATEMENT_SET = "statement_set"
    CREATE_TABLE = "create_table"
    CREATE_TABLE_AS = "create_table_as"
    CREATE_VIEW = "create_view"
    CREATE_FUNCTION = "create_function"
    CREATE_CATALOG = "create_catalog"
    CREATE_OTHER = "create_other"
    DROP = "drop"
    USE = "use"
    LOAD = "load"
    ADD_JAR = "add_jar"
    QUERY = "query"
    EXPLAIN = "explain"
    SHOW = "show"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement without the comments around it and without its semicolon."""

    index: int
    """1-based place among the script's statements, or among the parts of its block."""
    kind: Kind
    text: str
    """`script[offset : offset + len(text)]`."""
    line: int
    column: int
    end_line: int
    end_column: int
    """The position just after the last character."""
    offset: int
    """Code points before the first character."""
    key: str | None = None
    """What SET or RESET names, unquoted; None when it names nothing."""
    value: str | None = None
    """What SET gives, unquoted; None when there is no equals sign."""
    parts: tuple["Statement", ...] = ()
    """The statements between BEGIN and END of a statement set."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in a script that would not work, and what to do about it."""

    code: str
    line: int
    column: int
    message: str


@dataclass(frozen=True, slots=True)
class Script:
    """The statements of a script in order, and what kept the lexer from finding them."""

    statements: tuple[Statement, ...]
    faults: tuple[Fault, ...]


# Possessive repetition throughout: no branch is ever tried twice, so time is linear in the text.
# `//` right after a colon is no comment: Flink takes `SET k = s3://bucket` as a whole.
_TOKEN = re.compile(
    r"""(?P<blank>\s++|--[^\n\r]*+|//[^\n\r]*+)
      | (?P<hint>/\*\+)
      | (?P<comment>/\*(?:[^*]++|\*(?!/))*+(?P<closed>\*/)?+)
      | (?P<quoted>[eE]'(?:[^'\\]++|''|\\.)*+(?P<c>')?+
                 | '(?:[^']++|'')*+(?P<s>')?+
                 | "(?:[^"]++|"")*+(?P<d>")?+
                 | `(?:[^`]++|``)*+(?P<b>`)?+)
      | (?P<word>\w++)
      | (?P<semicolon>;++)
      | (?P<unhint>\*/)
      | (?P<open>\(++)
      | (?P<close>\)++)
      | (?P<equals>=)
      | (?P<mark>://++|[^\w\s'"`;/*()=:-]++|.)""",
    re.VERBOSE | re.DOTALL,
)
_BREAK = re.compile(r"\r\n?|\n")
_HEAD = 10  # words kept of a statement; the longest run that tells a kind is CREATE's, 6 words
_BLOCK = ("STATEMENT", "SET", "BEGIN")
_PLAIN_KEY = re.compile(r"[^\s'\"`]+")


@dataclass(slots=True)
class _Segment:
    """What lies between two semicolons."""

    start: int
    end: int
    head: list[str] = field(default_factory=list)
    last: tuple[str, str, str] = ("", "", "")
    tokens: int = 0
    depth: int = 0
    top_as: bool = False

    def take(self, kind: str, text: str) -> None:
        """Add one token that is no comment."""
        self.tokens += 1
        word = text.upper() if kind == "word" and len(text) < 32 else f"<{kind}>"
        if len(self.head) < _HEAD:
            self.head.append(word)
        self.last = (self.last[1], self.last[2], word)
        if kind == "open":
            self.depth += len(text)
        elif kind == "close":
            self.depth -= len(text)
        elif word == "AS" and self.depth == 0:
            self.top_as = True

    @property
    def opens_block(self) -> bool:
        """Whether it is a BEGIN STATEMENT SET, or .. STATEMENT SET BEGIN."""
        return self.last == _BLOCK or (self.tokens == 3 and self.head == ["BEGIN", *_BLOCK[:2]])

    @property
    def closes_block(self) -> bool:
        """Whether it is an END alone."""
        return self.tokens == 1 and self.head == ["END"]


class _Lexer:
    """One pass over one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.breaks = [match.end() for match in _BREAK.finditer(text)]
        self.faults: list[Fault] = []

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset."""
        row = bisect_right(self.breaks, offset)
        return row + 1, offset - (self.breaks[row - 1] if row else 0) + 1

    def fault(self, code: str, offset: int, message: str) -> None:
        self.faults.append(Fault(code, *self.place(offset), message))

    def segments(self) -> Iterator[_Segment]:
        """Cut at semicolons outside strings and comments, and after STATEMENT SET BEGIN."""
        current: _Segment | None = None
        hint: int | None = None
        for match in _TOKEN.finditer(self.text):
            kind = match.lastgroup or "mark"
            self._note_open(match, kind)
            if kind in ("blank", "comment"):
                continue
            if kind in ("hint", "unhint"):
                hint = match.start() if kind == "hint" else None
            cut = kind == "semicolon" and hint is None
            if not cut:
                current = current or _Segment(match.start(), match.end())
                current.end = match.end()
                current.take(kind, match[0])
            if current is not None and (cut or current.last == _BLOCK):
                yield current
                current = None
        if hint is not None:
            self.fault("unterminated_comment", hint, "This hint does not end. Close it with */.")
        if current is not None:
            yield current

    def _note_open(self, match: re.Match[str], kind: str) -> None:
        """Note a string or a comment without end."""
        if kind == "comment" and match["closed"] is None:
            message = "This comment does not end. Close it with */."
            self.fault("unterminated_comment", match.start(), message)
        elif kind == "quoted" and not any(match.group("c", "s", "d", "b")):
            quote = match[0].lstrip("eE")[0]
            message = f"This quote does not end. Close it with {quote}, and write {quote}{quote}"
            self.fault("unterminated_quote", match.start(), f"{message} for one inside.")

    def statement(self, index: int, segment: _Segment, kind: Kind) -> Statement:
        text = self.text[segment.start : segment.end]
        key, value = _setting(text) if kind in (Kind.SET, Kind.RESET) else (None, None)
        begin, end = self.place(segment.start), self.place(segment.end)
        return Statement(index, kind, text, *begin, *end, segment.start, key, value)

    def block(self, index: int, header: _Segment, rest: Iterator[_Segment]) -> Statement:
        """Read on to the block's END, and make one statement of it all."""
        parts: list[Statement] = []
        end = header.end
        for segment in rest:
            end = segment.end
            if segment.closes_block:
                break
            parts.append(self.statement(len(parts) + 1, segment, _kind(segment)))
        else:
            message = "This statement set does not end. Close it with END;."
            self.fault("unterminated_block", header.start, message)
        first = header.head[0]
        kind = {"EXPLAIN": Kind.EXPLAIN, "COMPILE": Kind.OTHER}.get(first, Kind.STATEMENT_SET)
        whole = _Segment(header.start, end)
        begin, stop = self.place(whole.start), self.place(whole.end)
        text = self.text[whole.start : whole.end]
        return Statement(index, kind, text, *begin, *stop, whole.start, parts=tuple(parts))


def split(text: str) -> Script:
    """Cut a script into statements; those without any text are left out.

    A string, comment or statement set that does not end reaches to the end of the script and is a
    fault at its beginning, as is the first NUL character.
    """
    lexer = _Lexer(text)
    statements: list[Statement] = []
    segments = lexer.segments()
    for segment in segments:
        index = len(statements) + 1
        if segment.opens_block:
            statements.append(lexer.block(index, segment, segments))
        else:
            statements.append(lexer.statement(index, segment, _kind(segment)))
    nul = text.find("\0")
    if nul >= 0:
        lexer.fault("nul_character", nul, "A script is text and has no NUL characters. Remove it.")
    faults = sorted(lexer.faults, key=lambda fault: (fault.line, fault.column))
    return Script(tuple(statements), tuple(faults))


_FIRST = {kind.upper(): kind for kind in (Kind.SET, Kind.RESET, Kind.INSERT, Kind.DROP, Kind.USE)}
_FIRST |= {"LOAD": Kind.LOAD, "EXPLAIN": Kind.EXPLAIN}
_FIRST |= dict.fromkeys(("SELECT", "WITH", "VALUES", "TABLE", "<open>"), Kind.QUERY)
_FIRST |= dict.fromkeys(("SHOW", "DESCRIBE", "DESC"), Kind.SHOW)
_SECOND = {
    ("ADD", "JAR"): Kind.ADD_JAR,
    ("EXECUTE", "INSERT"): Kind.INSERT,
    ("EXECUTE", "SELECT"): Kind.QUERY,
}
_CREATED = {
    "TABLE": Kind.CREATE_TABLE,
    "VIEW": Kind.CREATE_VIEW,
    "FUNCTION": Kind.CREATE_FUNCTION,
    "CATALOG": Kind.CREATE_CATALOG,
}


def _kind(segment: _Segment) -> Kind:
    head = segment.head
    if head[0] not in ("CREATE", "REPLACE"):
        first = _FIRST.get(head[0], Kind.OTHER)
        return _SECOND.get((head[0], head[1]), first) if len(head) > 1 else first
    nouns = (word for word in head[1:] if word not in ("OR", "REPLACE", "TEMPORARY", "SYSTEM"))
    kind = _CREATED.get(next(nouns, ""), Kind.CREATE_OTHER)
    return Kind.CREATE_TABLE_AS if kind is Kind.CREATE_TABLE and segment.top_as else kind


def _setting(text: str) -> tuple[str | None, str | None]:
    """Key and value of a SET or RESET, unquoted where they are one plain string."""
    sides: list[list[re.Match[str]]] = [[], []]  # each at most its first and last token
    side = 0
    for match in _TOKEN.finditer(text):
        if match.lastgroup in ("blank", "comment"):
            continue
        if match.lastgroup == "equals" and side == 0:
            side = 1
            continue
        sides[side][2 if side == 0 else 1 :] = [match]
    key = _unquote(text, sides[0][1:])  # without the word SET itself
    return key or None, _unquote(text, sides[1]) if side else None


def _unquote(text: str, tokens: list[re.Match[str]]) -> str:
    if len(tokens) == 1 and tokens[0]["s"]:
        return tokens[0][0][1:-1].replace("''", "'")
    return text[tokens[0].start() : tokens[-1].end()] if tokens else ""


_WORKING = frozenset({"ANALYZE", "CALL", "COMPILE", "DELETE", "EXECUTE", "TRUNCATE", "UPDATE"})
_MODE = "execution.runtime-mode"


def check_script(text: str, *, streaming: bool) -> tuple[Fault, ...]:
    """Find what keeps a script from being one job, as far as that needs no Flink.

    Empty means: worth giving to Flink. `streaming` is the job's declared mode. A script that the
    lexer cannot cut gets only the lexer's faults, because what follows them would be guessed. The
    rest is in order of position, at most one for each statement.
    """
    script = split(text)
    if script.faults:
        return script.faults
    if not script.statements:
        return (Fault("empty_script", 1, 1, "The script has no statements. Write an INSERT."),)
    faults: list[Fault] = []
    first: Statement | None = None
    for statement in script.statements:
        fault = _check_statement(statement, streaming=streaming) or _check_order(statement, first)
        if fault is not None:
            faults.append(fault)
        for part in statement.parts:
            fault = _check_part(part, streaming=streaming)
            if fault is not None:
                faults.append(fault)
        if first is None and _makes_job(statement):
            first = statement
    if first is None:
        message = "The script starts no job: it has no INSERT. Add one, or a CREATE TABLE AS."
        faults.append(_at(script.statements[-1], "no_insert", message))
    return tuple(faults)


def _at(statement: Statement, code: str, message: str) -> Fault:
    return Fault(code, statement.line, statement.column, message)


def _makes_job(statement: Statement) -> bool:
    return statement.kind in (Kind.INSERT, Kind.CREATE_TABLE_AS, Kind.STATEMENT_SET)


def _check_statement(statement: Statement, *, streaming: bool) -> Fault | None:
    """What is wrong with a statement wherever it stands."""
    if statement.kind in (Kind.SET, Kind.RESET):
        return _check_setting(statement, streaming=streaming)
    first = statement.text.split(maxsplit=1)[0].upper()
    works = statement.kind is Kind.OTHER and first in _WORKING
    if works or statement.kind in (Kind.QUERY, Kind.EXPLAIN, Kind.SHOW):
        message = (
            f"{first} has no place in a job: its result would go nowhere, or it starts work of its"
            " own. Remove it, or make it an INSERT."
        )
        return _at(statement, "not_in_a_job", message)
    return None


def _check_setting(statement: Statement, *, streaming: bool) -> Fault | None:
    verb, key, value = statement.kind.upper(), statement.key, statement.value
    if key is None:
        message = f"{verb} without a key has no place in a job. Name the key, or remove it."
        return _at(statement, "no_key", message)
    if not _PLAIN_KEY.fullmatch(key):
        message = f"{verb} needs its key as one plain string. Write 'the.key'."
        return _at(statement, "odd_key", message)
    entry = find_reserved(key, value)
    if entry is not None:
        message = f"{key} is reserved: {entry.reason} {entry.way_out}"
        return _at(statement, "reserved_key", message)
    mode = "streaming" if streaming else "batch"
    given = "streaming" if statement.kind is Kind.RESET else value  # streaming is Flink's default
    if key == _MODE and given is not None and given.lower() != mode:
        message = f"The job is declared as {mode}, this makes it {given}. Remove it, or"
        return _at(statement, "mode_conflict", f"{message} declare the job so.")
    return None


def _check_order(statement: Statement, first: Statement | None) -> Fault | None:
    """What is wrong with a statement after the first that starts the job."""
    if first is None:
        return None
    after = f"after the first INSERT (line {first.line})"
    if statement.kind in (Kind.SET, Kind.RESET):
        message = f"{statement.kind.upper()} {after} would not reach the job. Move it before."
        return _at(statement, "set_after_insert", message)
    if not _makes_job(statement):
        message = f"Only INSERT may stand {after}: all of them become one job. Move it before."
        return _at(statement, "statement_after_insert", message)
    if Kind.STATEMENT_SET in (statement.kind, first.kind):
        message = (
            f"This makes a second job beside that of line {first.line}, and a script is one job."
            " Put every INSERT into one statement set, or split the script."
        )
        return _at(statement, "second_job", message)
    return None


def _check_part(part: Statement, *, streaming: bool) -> Fault | None:
    """What is wrong with a statement inside a statement set."""
    if part.kind is Kind.INSERT:
        return None
    fault = _check_statement(part, streaming=streaming)
    if fault is not None and fault.code == "reserved_key":
        return fault
    message = "A statement set takes only INSERT. Move this before the statement set."
    return _at(part, "statement_after_insert", message)
