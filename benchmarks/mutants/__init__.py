"""Mutation testing: small faults planted one by one, to see which of them the tests catch.

``make mutants`` draws a random sample of mutants of five packages, runs the tests of its own
package for each, and keeps what came of it in ``benchmarks/results/mutants.csv``
(``docs/mutants.md``).
"""
