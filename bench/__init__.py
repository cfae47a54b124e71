"""What is fast and what is not, measured on a running shop: one module a measurement, results in docs/benchmarks.md."""
