"""Documents: wording, figures, templates, the static site, the returned workbooks."""
