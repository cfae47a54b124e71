"""`python -m policies.report STACK`: the command, started so that the SDKs of a stack are loaded fast."""

import gc
import sys

from local.paths import BYTECODE

# Compiling the SDKs' modules takes as long as all the rest: what was compiled is kept, wherever that is forbidden.
sys.pycache_prefix = BYTECODE["PYTHONPYCACHEPREFIX"]
sys.dont_write_bytecode = False
# A run is over in seconds: looking for garbage among the SDKs' classes frees nothing.
gc.disable()

if __name__ == "__main__":
    from policies.report.command import main

    sys.exit(main(sys.argv[1:]))
