"""What goes wrong with the local cluster, told in one sentence a person can act on."""


class ClusterError(Exception):
    """The local cluster can't do what was asked; the message names the place, the finding and the next step."""
