"""Where snapshots are kept: adapters behind `ports.Snapshots`."""
