"""Files, clock, Prefect and the command line: the only place that has them."""
