"""The SDK: the HTTP API as Python methods, for programs and for our own command line.

Thin on purpose: it knows `wire`, `errors` and HTTP, and never the store or a service.
"""

from rheostat.client.client import Client
from rheostat.client.run import RunKey
from rheostat.client.wait import Ended, Patience, Started, Waited
from rheostat.client.wish import Restarted, Saved

__all__ = ["Client", "Ended", "Patience", "Restarted", "RunKey", "Saved", "Started", "Waited"]
