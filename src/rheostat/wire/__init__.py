"""Bodies of the HTTP API: the one contract that server, SDK and CLI share.

Names ending in `Body` come in, names ending in `View` go out. Evolution is additive: a field that
is out is never taken away or given another meaning.
"""
