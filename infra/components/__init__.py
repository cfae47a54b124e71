"""What a stack is made of: each module is one thing a reader can name."""
