"""From what single files gave to the tables of `processed/`: ids, merges, rules, balances."""
