"""The battery: each module tests schools for one kind of unusual result."""
