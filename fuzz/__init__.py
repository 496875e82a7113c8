"""Everything that reads what others wrote, fed with bytes: ``python -m fuzz [TARGET…] [--seconds N]``.

`targets` holds one function for each parser. Atheris (which `make fuzz` installs; it is there for Linux, and Python up to
3.13) finds its way through them by coverage; the test suite tries each with changed seeds, without it.
"""
