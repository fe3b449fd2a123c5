// The report on a person's own data.
