"""Logs by offset: whole characters and lines, rolling without loss, any bytes, any length."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rheostat.errors import NotFound
from rheostat.local.log import iterate, list_logs, read_part, read_tail
from rheostat.local.search import BUDGET_BYTES, CHUNK_BYTES, TEXT_BYTES, search
from rheostat.ports import LogPart
from rheostat.service.log import as_text

NAME = "jobmanager.log"


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "jobmanager"
    place.mkdir()
    return place


def listed(folder):
    return list_logs((folder.parent,))


def follow(folder, offset, file, limit=64, *, is_live=True):
    part = read_part(listed(folder), NAME, offset, limit, file)
    return as_text(part, is_live=is_live)


def drain(folder, offset, file, limit=64):
    """Read on until nothing more comes."""
    texts = []
    while True:
        told = follow(folder, offset, file, limit)
        is_same = (told.next_offset, told.file) == (offset, file)
        texts.append(told.text)
        offset, file = told.next_offset, told.file
        if is_same:
            return "".join(texts), offset, file


def test_a_follower_gets_each_line_once_while_the_log_grows_and_rolls(folder):
    log = folder / NAME
    log.touch()
    text, offset, file = drain(folder, 0, "")
    wrote = []
    for number in range(200):
        line = f"line {number} größer 😀\n"
        with log.open("a") as writing:
            writing.write(line)
        wrote.append(line)
        if number % 23 == 22:
            log.rename(folder / f"{NAME}.{number // 23 + 1}")
            log.touch()
        if number % 9 == 0:  # seldom: several rolls may lie between
            more, offset, file = drain(folder, offset, file)
            text += more
    more, offset, file = drain(folder, offset, file)
    assert text + more == "".join(wrote)


def test_a_roll_is_told(folder):
    log = folder / NAME
    log.write_text("one\ntwo\n")
    first = follow(folder, 0, "", 5)
    assert (first.text, first.next_offset, first.is_rolled) == ("one\n", 4, False)
    log.rename(folder / f"{NAME}.1")
    log.write_text("three\n")
    rest = follow(folder, first.next_offset, first.file)
    assert (rest.text, rest.is_rolled, rest.next_offset) == ("two\n", True, 0)
    assert rest.file != first.file
    new = follow(folder, 0, rest.file)
    assert (new.text, new.is_rolled) == ("three\n", False)


def test_without_knowing_the_file_an_offset_beyond_the_end_tells_of_a_roll(folder):
    (folder / NAME).write_text("new\n")
    told = follow(folder, 1000, "")
    assert (told.text, told.offset, told.is_rolled) == ("new\n", 0, True)


def test_a_file_that_is_gone_goes_on_with_the_oldest_that_is_left(folder):
    (folder / NAME).write_text("new\n")
    (folder / f"{NAME}.4").write_text("older\n")
    told = follow(folder, 7, "no such file")
    assert (told.text, told.offset, told.is_rolled) == ("older\n", 0, True)
    assert drain(folder, told.next_offset, told.file)[0] == "new\n"


def part(data, offset=0, size=None):
    whole = offset + len(data) if size is None else size
    return LogPart(size_bytes=whole, offset=offset, data=data, identity="1")


@pytest.mark.parametrize(
    ("given", "is_live", "text", "next_offset"),
    [
        pytest.param(part(b"a\nb"), True, "a\nb", 3, id="the last line may be half"),
        pytest.param(part(b"a\nb", size=9), True, "a\n", 2, id="others may not"),
        pytest.param(part(b"abc", size=9), True, "abc", 3, id="one longer than the part may"),
        pytest.param(part(b"a\xc3"), True, "a", 1, id="half a character waits"),
        pytest.param(part(b"a\xc3"), False, "a\ufffd", 2, id="and at the end is what it is"),
        pytest.param(part("😀".encode()[:3]), True, "", 0, id="three bytes of four wait"),
        pytest.param(part(b"a\xf0\x9f\x98", size=9), True, "a", 1, id="cut by the limit"),
        pytest.param(part(b"\xff\xfe"), True, "\ufffd\ufffd", 2, id="what can be no character"),
        pytest.param(part(b"\x80\x80\x80\x80"), True, "\ufffd" * 4, 4, id="nor this"),
        pytest.param(part(b"\xa9a\n", offset=5), True, "a\n", 8, id="begins with a whole one"),
        pytest.param(part(b"a\x00b\n"), True, "a\x00b\n", 4, id="NUL is kept"),
        pytest.param(part(b""), True, "", 0, id="empty"),
    ],
)
def test_text(given, is_live, text, next_offset):
    told = as_text(given, is_live=is_live)
    assert (told.text, told.next_offset) == (text, next_offset)


@given(text=st.text(max_size=60), limit=st.integers(16, 40))
def test_pages_put_together_are_the_whole_text(text, limit):
    data, texts, offset = text.encode(), [], 0
    while offset < len(data):
        cut = part(data[offset : offset + limit], offset, len(data))
        told = as_text(cut, is_live=False)
        assert told.offset == offset
        assert told.next_offset > offset
        texts.append(told.text)
        offset = told.next_offset
    assert "".join(texts) == text


@given(data=st.binary(max_size=80), limit=st.integers(16, 40))
def test_any_bytes_are_read_to_their_end(data, limit):
    offset = 0
    for _ in range(len(data) + 1):
        if offset >= len(data):
            break
        cut = part(data[offset : offset + limit], offset, len(data))
        offset = as_text(cut, is_live=False).next_offset
    assert offset == len(data)


def test_a_tail_begins_with_a_whole_line(folder):
    (folder / NAME).write_text("one\ntwo\nthree\n")
    for limit, text in (
        (6, "three\n"),
        (7, "three\n"),
        (10, "two\nthree\n"),
        (99, "one\ntwo\nthree\n"),
    ):
        told = as_text(read_tail(listed(folder), NAME, limit + 1), is_live=True, is_tail=True)
        assert told.text == text


def test_a_line_of_ten_megabytes_is_read_in_parts(folder):
    (folder / NAME).write_bytes(b"x" * 10_000_000 + b"\nlast\n")
    text, offset, _ = drain(folder, 0, "", 1024 * 1024)
    assert (len(text), offset) == (10_000_006, 10_000_006)


def test_a_download_is_the_file_chunk_by_chunk(folder):
    data = bytes(range(256)) * 4000
    (folder / NAME).write_bytes(data)
    (log,) = listed(folder)
    chunks = list(iterate(log))
    assert b"".join(chunks) == data
    assert max(map(len, chunks)) <= 256 * 1024
    (folder / NAME).unlink()
    with pytest.raises(NotFound):
        list(iterate(log))


def find(folder, text, begin=(0, 1), limit=100):
    return search(folder / NAME, text, begin, limit)


def test_search_tells_line_and_place(folder):
    lines = ["one", "two ERROR x", "größer Error error", "", "error at the end"]
    data = "\r\n".join(lines).encode()
    (folder / NAME).write_bytes(data)
    found = find(folder, "error")
    assert [(each.line, each.text) for each in found.matches] == [
        (2, "two ERROR x"), (3, "größer Error error"), (5, "error at the end"),
    ]  # fmt: skip
    for each in found.matches:
        assert data[each.offset :].decode().startswith(each.text)
    assert found.next is None
    assert find(folder, "GRÖSSER").matches == ()
    assert [each.line for each in find(folder, "größer").matches] == [3]
    assert find(folder, "[").matches == ()


def test_search_goes_on_where_a_page_ended(folder):
    (folder / NAME).write_text("".join(f"{n} x\n" for n in range(1, 251)))
    seen, begin = [], (0, 1)
    while begin is not None:
        page = find(folder, "x", begin, 100)
        seen += [(each.line, each.text) for each in page.matches]
        begin = page.next
    assert seen == [(n, f"{n} x") for n in range(1, 251)]


def test_search_finds_what_lies_across_chunks_and_in_endless_lines(folder):
    for before in (CHUNK_BYTES - 3, 2 * CHUNK_BYTES - 2, 3 * CHUNK_BYTES + 7):
        (folder / NAME).write_bytes(
            b"first\n" + b"a" * before + b"needle" + b"b" * 5000 + b"\nneedle"
        )
        found = find(folder, "needle")
        assert [each.line for each in found.matches] == [2, 3]
        assert "needle" in found.matches[0].text
        assert len(found.matches[0].text) <= TEXT_BYTES


def test_search_of_a_huge_file_ends_in_time_and_goes_on(folder):
    with (folder / NAME).open("wb") as file:
        file.truncate(BUDGET_BYTES + 10)  # NUL, without a line break
        file.seek(0, 2)
        file.write(b"\nneedle\n")
    first = find(folder, "needle")
    assert first.matches == ()
    assert first.next is not None
    rest = find(folder, "needle", first.next)
    assert [(each.line, each.text) for each in rest.matches] == [(2, "needle")]
