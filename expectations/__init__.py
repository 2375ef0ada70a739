"""Great Expectations suites derived from the schema, and the rules of the subject beside them."""
