"""One module per family of spreadsheets; a file is recognised by its content."""
