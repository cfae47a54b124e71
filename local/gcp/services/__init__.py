"""One table per service: what each kind of resource is called, refers to, refuses and is filled with."""
