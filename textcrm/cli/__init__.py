"""The command line: the only room that knows click, the terminal and the environment."""
