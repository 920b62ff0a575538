"""Nouns: frozen values without behaviour beyond what follows from their fields."""
