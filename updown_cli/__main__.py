"""`python -m updown_cli`."""

from updown_cli.cli.main import command

command()
