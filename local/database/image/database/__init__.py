"""The database of the stack `local`: SecantusDB in MongoDB's place, with a user for each service (docs/limits.md)."""
