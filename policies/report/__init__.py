"""The reports: one assessment of a stack, written in the form that each reader wants."""
