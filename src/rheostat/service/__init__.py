"""What the API can ask for: check, record intent, tell.

Plain functions of a connection, one call a transaction; never a cluster, never the loop. They meet the
loop in the store only.
"""
