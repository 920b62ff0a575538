"""The token of an attempt's agent: never stored, made again whenever it is needed."""

import hmac


def attempt_token(ingest_key: bytes, attempt_id: str) -> str:
    """HMAC-SHA256 of the attempt's id under the installation's ingest key, in hex."""
    return hmac.new(ingest_key, attempt_id.encode(), "sha256").hexdigest()
