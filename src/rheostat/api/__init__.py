"""The HTTP API: routes of three lines over `service`, permissions, problems, OpenAPI."""
