"""The programs that `make up` needs and a machine may lack: found when they fit, otherwise built from Go modules."""
