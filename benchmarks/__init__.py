"""How fast leadrules is, measured: `python -m benchmarks` from the root of the project.

`measurements` has a module per measurement and the registry of all. `workload` has the made-up leads,
and rules as a rule file and as hand-written Python; `contest` sees to it that the two agree. `timing`,
`report` and `command` are what all share, `probe` is what runs in a process of its own.
"""
