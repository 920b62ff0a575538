"""The one place that builds and joins adapters: the only room that knows them all."""
