"""Cutting SQL scripts into statements, and the checks that need no Flink."""

import itertools

import pytest
from _pytest.mark import ParameterSet
from hypothesis import given
from hypothesis import strategies as st

from rheostat.core.script import Kind, Statement, check_script, split

SET_BLOCK = "EXECUTE STATEMENT SET BEGIN\nINSERT INTO a SELECT 1;\nINSERT INTO b SELECT 2;\nEND"


def case(name: str, text: str, *texts: str) -> ParameterSet:
    return pytest.param(text, texts, id=name)


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        case("two", "USE a; USE b;", "USE a", "USE b"),
        case("no-semicolon-at-end", "USE a", "USE a"),
        case("empty", ""),
        case("only-comments", "-- a; b\n/* c; */ // d\n;;  ;"),
        case("quote", "SELECT 'a;b'; USE c", "SELECT 'a;b'", "USE c"),
        case("doubled-quote", "SELECT 'it''s; ok'; USE c", "SELECT 'it''s; ok'", "USE c"),
        case("backslash-is-plain", "SELECT 'a\\'; USE c", "SELECT 'a\\'", "USE c"),
        case("escape-string", "SELECT E'it\\'s; ok'; USE c", "SELECT E'it\\'s; ok'", "USE c"),
        case("backticks", "USE `a;``b`; USE c", "USE `a;``b`", "USE c"),
        case("double-quotes", 'USE "a;""b"; USE c', 'USE "a;""b"', "USE c"),
        case("line-comment", "USE a -- x; 'y\n; USE b", "USE a", "USE b"),
        case("slash-comment", "USE a // x; 'y\n; USE b", "USE a", "USE b"),
        case("block-comment", "USE /* ; ' */ a; USE b", "USE /* ; ' */ a", "USE b"),
        case("comments-do-not-nest", "/* /* */ USE a; USE b", "USE a", "USE b"),
        case("short-comment", "/**/ USE a; /*/ ; */ USE b", "USE a", "USE b"),
        case("comment-marks-in-quote", "SELECT '-- /* //'; USE b", "SELECT '-- /* //'", "USE b"),
        case("hint", "SELECT /*+ O('a'='*/;') */ 1; USE b", "SELECT /*+ O('a'='*/;') */ 1", "USE b"),
        case("comments-around", "-- one\nUSE a -- two\n;-- three\n", "USE a"),
        case("crlf", "USE a;\r\n-- x\r\nUSE b;\r\n", "USE a", "USE b"),
        case("url", "SET k = s3://b/c; USE b", "SET k = s3://b/c", "USE b"),
        case("block", f"USE a; {SET_BLOCK} ; USE b", "USE a", SET_BLOCK, "USE b"),
        case("empty-block", "EXECUTE STATEMENT SET BEGIN END; USE b", "EXECUTE STATEMENT SET BEGIN END", "USE b"),
        case("case-end", "SELECT CASE WHEN a THEN 1 END; USE b", "SELECT CASE WHEN a THEN 1 END", "USE b"),
        case(
            "begin",
            "begin statement set; INSERT INTO a SELECT 1; end; USE b",
            "begin statement set; INSERT INTO a SELECT 1; end",
            "USE b",
        ),
        case("end-alone", "END; USE b", "END", "USE b"),
        case("astral", "SELECT '😀;' AS `é`; USE b", "SELECT '😀;' AS `é`", "USE b"),
    ],
)  # fmt: skip
def test_split(text, texts):
    script = split(text)
    assert script.faults == ()
    assert tuple(statement.text for statement in script.statements) == texts
    assert [statement.index for statement in script.statements] == list(range(1, len(texts) + 1))
    for statement in script.statements:
        assert text[statement.offset :].startswith(statement.text)


def test_positions():
    script = split("-- x\r\n USE a;\r\n\tSET 'k'\n=\r 'é😀' ; USE b")
    places = [(s.line, s.column, s.end_line, s.end_column) for s in script.statements]
    assert places == [(2, 2, 2, 7), (3, 2, 5, 6), (5, 9, 5, 14)]


def test_block_has_parts():
    block = split("USE x;\n" + SET_BLOCK).statements[1]
    assert block.kind is Kind.STATEMENT_SET
    assert [(p.index, p.kind, p.text, p.line, p.column) for p in block.parts] == [
        (1, Kind.INSERT, "INSERT INTO a SELECT 1", 3, 1),
        (2, Kind.INSERT, "INSERT INTO b SELECT 2", 4, 1),
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("set k = v", Kind.SET),
        ("SET", Kind.SET),
        ("RESET 'k'", Kind.RESET),
        ("insert /* x */ overwrite t SELECT 1", Kind.INSERT),
        ("EXECUTE INSERT INTO t SELECT 1", Kind.INSERT),
        (SET_BLOCK, Kind.STATEMENT_SET),
        ("BEGIN STATEMENT SET; END", Kind.STATEMENT_SET),
        ("CREATE TABLE t (a INT, b AS a + 1) WITH ('as'='as')", Kind.CREATE_TABLE),
        ("CREATE TABLE t (c ROW<a ARRAY<INT>>, b AS ((a)))", Kind.CREATE_TABLE),
        ("CREATE TEMPORARY TABLE IF NOT EXISTS t LIKE u", Kind.CREATE_TABLE),
        ("CREATE TABLE t WITH ('a'='b') AS SELECT 1", Kind.CREATE_TABLE_AS),
        ("CREATE TABLE t (PRIMARY KEY (a) NOT ENFORCED) AS SELECT 1 AS a", Kind.CREATE_TABLE_AS),
        ("CREATE OR REPLACE TABLE t AS SELECT 1", Kind.CREATE_TABLE_AS),
        ("REPLACE TABLE t AS SELECT 1", Kind.CREATE_TABLE_AS),
        ("CREATE OR REPLACE TEMPORARY VIEW v AS SELECT 1", Kind.CREATE_VIEW),
        ("CREATE TEMPORARY SYSTEM FUNCTION f AS 'c'", Kind.CREATE_FUNCTION),
        ("CREATE CATALOG c WITH ('a'='b')", Kind.CREATE_CATALOG),
        ("CREATE DATABASE d", Kind.CREATE_OTHER),
        ("CREATE MATERIALIZED TABLE t AS SELECT 1", Kind.CREATE_OTHER),
        ("CREATE", Kind.CREATE_OTHER),
        ("DROP TABLE t", Kind.DROP),
        ("USE CATALOG c", Kind.USE),
        ("LOAD MODULE m", Kind.LOAD),
        ("ADD JAR 'x'", Kind.ADD_JAR),
        ("SELECT 1", Kind.QUERY),
        ("EXECUTE SELECT 1", Kind.QUERY),
        ("WITH q AS (SELECT 1) SELECT * FROM q", Kind.QUERY),
        ("(SELECT 1)", Kind.QUERY),
        ("((SELECT 1))", Kind.QUERY),
        ("VALUES (1)", Kind.QUERY),
        ("EXPLAIN SELECT 1", Kind.EXPLAIN),
        ("EXPLAIN STATEMENT SET BEGIN INSERT INTO a SELECT 1; END", Kind.EXPLAIN),
        ("SHOW TABLES", Kind.SHOW),
        ("DESC t", Kind.SHOW),
        ("ALTER TABLE t RENAME TO u", Kind.OTHER),
        ("COMPILE PLAN 'p' FOR STATEMENT SET BEGIN INSERT INTO a SELECT 1; END", Kind.OTHER),
        ("`SET` x", Kind.OTHER),
        ("42", Kind.OTHER),
    ],
)
def test_kind(text, kind):
    (statement,) = split(text).statements
    assert statement.kind is kind
    assert statement.text == text


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("SET 'a.b' = 'c'", "a.b", "c"),
        ("SET a.b-c=d", "a.b-c", "d"),
        ("SET 'a' = 'it''s; ok'", "a", "it's; ok"),
        ("SET /* x */ 'a' -- y\n = /* z */ 'b'", "a", "b"),
        ("SET a = file:///x=y", "a", "file:///x=y"),
        ("SET a = s3://b/c //x", "a", "s3://b/c"),
        ("SET a = 1.5", "a", "1.5"),
        ("SET a = ''", "a", ""),
        ("SET a =", "a", ""),
        ("SET 'a'", "a", None),
        ("SET", None, None),
        ("SET = b", None, "b"),
        ("RESET 'a'", "a", None),
        ("RESET a.b", "a.b", None),
        ("RESET", None, None),
        ("SET \"a\" = 'b'", '"a"', "b"),
        ("SET 'a' 'b' = 'c'", "'a' 'b'", "c"),
    ],
)
def test_setting(text, key, value):
    (statement,) = split(text).statements
    assert (statement.key, statement.value) == (key, value)


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        pytest.param("USE a;\n USE 'b; USE c", "unterminated_quote", 2, 6, id="quote"),
        pytest.param("USE 'a''", "unterminated_quote", 1, 5, id="doubled-quote"),
        pytest.param("USE E'a\\'", "unterminated_quote", 1, 5, id="escaped-quote"),
        pytest.param("USE `a", "unterminated_quote", 1, 5, id="backtick"),
        pytest.param('USE "a', "unterminated_quote", 1, 5, id="double-quote"),
        pytest.param("USE a /* b; USE c", "unterminated_comment", 1, 7, id="comment"),
        pytest.param("USE a /*/", "unterminated_comment", 1, 7, id="short-comment"),
        pytest.param("USE a /*+ b; USE c", "unterminated_comment", 1, 7, id="hint"),
        pytest.param("\nUSE a\0", "nul_character", 2, 6, id="nul"),
        pytest.param(
            "USE a; EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1;",
            "unterminated_block", 1, 8, id="block",
        ),
        pytest.param("BEGIN STATEMENT SET; USE a", "unterminated_block", 1, 1, id="begin"),
    ],
)  # fmt: skip
def test_lexical_fault(text, code, line, column):
    (fault,) = split(text).faults
    assert (fault.code, fault.line, fault.column) == (code, line, column)
    assert check_script(text, streaming=True) == (fault,)


INSERT = "INSERT INTO a SELECT 1;"
BLOCK = SET_BLOCK + ";"


def check(
    name: str, text: str, *expected: tuple[str, int, int], streaming: bool = True
) -> ParameterSet:
    return pytest.param(text, streaming, expected, id=name)


@pytest.mark.parametrize(
    ("text", "streaming", "expected"),
    [
        check("insert", f"SET 'a'='b'; USE x; {INSERT}{INSERT}"),
        check("block", f"USE x; {BLOCK}"),
        check("ctas", "CREATE TABLE t AS SELECT 1"),
        check("ctas-and-insert", f"CREATE TABLE t AS SELECT 1; {INSERT}"),
        check("empty", "", ("empty_script", 1, 1)),
        check("only-comment", "\n-- x", ("empty_script", 1, 1)),
        check("no-insert", "USE a;\nUSE b;", ("no_insert", 2, 1)),
        check("reserved", f"SET 'rest.port'='1';{INSERT}", ("reserved_key", 1, 1)),
        check("reserved-bare", f"SET rest.port=1;{INSERT}", ("reserved_key", 1, 1)),
        check("reserved-reset", f"RESET 'rest.port';{INSERT}", ("reserved_key", 1, 1)),
        check("reserved-after", f"{INSERT}\nSET 'rest.port'='1'", ("reserved_key", 2, 1)),
        check("retained-more", f"SET 'state.checkpoints.num-retained'='5';{INSERT}"),
        check("retained-less", f"SET 'state.checkpoints.num-retained'='1';{INSERT}", ("reserved_key", 1, 1)),
        check("odd-key", f"SET U&'rest\\002eport'='1';{INSERT}", ("odd_key", 1, 1)),
        check("joined-key", f"SET 'rest'\n'.port'='1';{INSERT}", ("odd_key", 1, 1)),
        check("bare-set", f"SET;{INSERT}", ("no_key", 1, 1)),
        check("bare-reset", f"RESET;{INSERT}", ("no_key", 1, 1)),
        check("set-after", f"{INSERT}\n SET 'a'='b';", ("set_after_insert", 2, 2)),
        check("reset-after", f"{INSERT}\nRESET 'a';", ("set_after_insert", 2, 1)),
        check("create-after", f"{INSERT}\nCREATE TABLE t (a INT);", ("statement_after_insert", 2, 1)),
        check("two-blocks", f"{BLOCK}\n{BLOCK}", ("second_job", 5, 1)),
        check("block-then-insert", f"{BLOCK}\n{INSERT}", ("second_job", 5, 1)),
        check("insert-then-block", f"{INSERT}\n{BLOCK}", ("second_job", 2, 1)),
        check("query", f"SELECT 1;\n{INSERT}", ("not_in_a_job", 1, 1)),
        check("show-after", f"{INSERT}\nSHOW TABLES", ("not_in_a_job", 2, 1)),
        check("explain", f"EXPLAIN SELECT 1;{INSERT}", ("not_in_a_job", 1, 1)),
        check("delete", f"DELETE FROM t;{INSERT}", ("not_in_a_job", 1, 1)),
        check("query-only", "SELECT 1", ("not_in_a_job", 1, 1), ("no_insert", 1, 1)),
        check("set-in-block", "BEGIN STATEMENT SET;\nSET 'a'='b'; END;", ("statement_after_insert", 2, 1)),
        check("reserved-in-block", "BEGIN STATEMENT SET;\nSET 'rest.port'='1'; END;", ("reserved_key", 2, 1)),
        check("mode-same", f"SET 'execution.runtime-mode'='STREAMING';{INSERT}"),
        check("mode-other", f"SET 'execution.runtime-mode'='batch';{INSERT}", ("mode_conflict", 1, 1)),
        check("mode-batch", f"SET execution.runtime-mode = batch;{INSERT}", streaming=False),
        check("mode-reset", f"RESET 'execution.runtime-mode';{INSERT}", ("mode_conflict", 1, 1), streaming=False),
        check("mode-reset-same", f"RESET 'execution.runtime-mode';{INSERT}"),
        check("two-faults", f"{INSERT}\nSET 'a'='b';\nUSE c;", ("set_after_insert", 2, 1), ("statement_after_insert", 3, 1)),
    ],
)  # fmt: skip
def test_check_script(text, streaming, expected):
    faults = check_script(text, streaming=streaming)
    assert tuple((fault.code, fault.line, fault.column) for fault in faults) == expected
    for fault in faults:
        assert fault.message.endswith(".")


def test_reserved_message_names_key_reason_and_way_out():
    (fault,) = check_script(f"SET 'pipeline.jars' = 'x'; {INSERT}", streaming=True)
    assert fault.message == (
        "pipeline.jars is reserved: Rheostat puts a version's jar files in place, so that a version"
        " always runs the same code. Leave it out."
    )


def test_lexer_is_linear_in_hard_texts():
    # Each of these takes minutes once any branch of the lexer is tried twice.
    for text in ("'" * 99_999, "/*" + "*" * 99_999, "E'\\" * 33_333, "a-" * 50_000, "`''" * 33_333):
        assert len(split(text).statements) <= 1


PIECES = st.sampled_from(
    ["'", "''", '"', "`", "--", "/*", "*/", "/*+", "//", ";", "\n", "\r\n", "\r", " ", "(", ")", "=",
     "\0", "é", "😀", "E'", "\\", ":", "SET", "RESET", "a.b", "rest.port", "INSERT", "CREATE", "TABLE", "AS",
     "SELECT", "EXECUTE STATEMENT SET BEGIN", "BEGIN STATEMENT SET;", "END;", "END"]
)  # fmt: skip
TEXTS = st.text() | st.lists(PIECES).map("".join) | st.lists(PIECES).map(" ".join)


def offset_of(text: str, line: int, column: int) -> int:
    lines = text.replace("\r\n", "\n\n").replace("\r", "\n")  # as long as the text itself
    crlf = {i + 1 for i in range(len(text)) if text[i : i + 2] == "\r\n"}
    starts = [0, *(i + 1 for i, c in enumerate(lines) if c == "\n" and i + 1 not in crlf)]
    assert 1 <= line <= len(starts)
    return starts[line - 1] + column - 1


def assert_well_placed(text: str, statements: tuple[Statement, ...]) -> None:
    for s in statements:
        assert s.text
        assert s.text == text[s.offset : s.offset + len(s.text)]
        assert offset_of(text, s.line, s.column) == s.offset
        assert offset_of(text, s.end_line, s.end_column) == s.offset + len(s.text)
        for part in s.parts:
            assert s.offset <= part.offset
            assert part.offset + len(part.text) <= s.offset + len(s.text)
    for one, other in itertools.pairwise(statements):
        assert one.offset + len(one.text) <= other.offset


@given(TEXTS)
def test_split_is_total_and_keeps_places(text):
    script = split(text)
    assert_well_placed(text, script.statements)
    for statement in script.statements:
        assert_well_placed(text, statement.parts)
    for fault in script.faults:
        assert offset_of(text, fault.line, fault.column) < len(text)


@given(TEXTS, st.booleans())
def test_check_is_total_and_placed(text, streaming):
    faults = check_script(text, streaming=streaming)
    places = [offset_of(text, fault.line, fault.column) for fault in faults]
    assert places == sorted(places)
    assert all(place <= len(text) for place in places)


@given(TEXTS)
def test_a_statement_by_itself_is_that_statement(text):
    script = split(text)
    if script.faults:
        return
    for statement in script.statements:
        (again,) = split(statement.text).statements
        assert (again.kind, again.text, again.key) == (
            statement.kind,
            statement.text,
            statement.key,
        )
