"""The command line: `rheostat <noun> <verb>`, over the SDK.

At start only click is imported; everything heavier inside the command that needs it, so that
`rheostat --help` answers within 150 ms.
"""

from rheostat.cli.root import main

__all__ = ["main"]
