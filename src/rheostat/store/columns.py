"""Column types that mean the same on SQLite and PostgreSQL."""

import datetime as dt
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from typing_extensions import override

T = TypeVar("T")

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MICRO = dt.timedelta(microseconds=1)

Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class Instant(sa.TypeDecorator[dt.datetime]):
    """timestamptz on PostgreSQL; microseconds since 1970 on SQLite, so that it sorts and keeps UTC."""

    impl = sa.BigInteger
    cache_ok = True

    @override
    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        is_postgresql = dialect.name == "postgresql"
        return dialect.type_descriptor(
            sa.DateTime(timezone=True) if is_postgresql else sa.BigInteger()
        )

    @override
    def process_bind_param(self, value: dt.datetime | None, dialect: sa.Dialect) -> Any:
        if value is not None and value.tzinfo is None:
            raise ValueError("naive datetime")
        if value is None or dialect.name == "postgresql":
            return value
        return (value - EPOCH) // MICRO

    @override
    def process_result_value(self, value: Any, dialect: sa.Dialect) -> dt.datetime | None:
        if isinstance(value, int):
            return EPOCH + value * MICRO
        if value is None or isinstance(value, dt.datetime):
            return value
        raise TypeError(type(value))


def pack(value: object) -> Any:
    """A frozen model value as JSON: enums, instants and durations as text.

    NUL, which PostgreSQL cannot keep and Flink's causes or a torn log may hold, is replaced.
    """
    return None if value is None else without_nul(msgspec.to_builtins(value))


def without_nul(value: Any) -> Any:
    """The same JSON with U+FFFD for each NUL."""
    match value:
        case str():
            return value.replace("\x00", "\ufffd") if "\x00" in value else value
        case dict():
            return {without_nul(key): without_nul(each) for key, each in value.items()}
        case list() | tuple():
            return [without_nul(each) for each in value]
        case _:
            return value


def unpack(value: object, kind: type[T]) -> T:
    """The model value back from its JSON; fields that it lacks take their defaults."""
    return msgspec.convert(value, kind)


def unpack_or_none(value: object, kind: type[T]) -> T | None:
    """As `unpack`, and NULL is None."""
    return None if value is None else msgspec.convert(value, kind)
