"""The reference mix in each rival's own idiom: a module each, whose functions take a Job and return the command."""
