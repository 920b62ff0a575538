"""`rheostat demo`: one real job on real data, from nothing, by the commands that anyone would use."""
