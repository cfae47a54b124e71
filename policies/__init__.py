"""What reviewers read: one capture of a stack, the judges that read it, and the reports they make."""
