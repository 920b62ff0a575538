"""The loop: observe → decide → write ahead → act → record, for every live run, on the server that leads."""
