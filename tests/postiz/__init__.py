"""A Postiz server for tests: real HTTP on loopback, with the rules, error shapes and traps of the real one."""
