"""The pack as a process of the engine's: it says on which port it listens, and ends when the engine does."""

import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import grpc

from policies.crossguard.messages import analyzer_pb2_grpc
from policies.crossguard.pack import Pack
from policies.rules import RULES

_LARGEST: Final = 400 * 2**20
"""Bytes of a message: the whole stack is one. The engine's own limit (pulumi/sdk, go/common/util/rpcutil)."""
_LOOK_SECONDS: Final = 1.0


def serve() -> None:
    """Answer the engine until it goes or says so."""
    server = grpc.server(
        ThreadPoolExecutor(max_workers=1),  # The pack is asked one thing at a time.
        options=[("grpc.max_receive_message_length", _LARGEST), ("grpc.max_send_message_length", _LARGEST)],
    )
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Pack(RULES), server)
    port = server.add_insecure_port("127.0.0.1:0")
    engine = os.getppid()
    # A shell that runs the engine in the background has it ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    server.start()
    try:
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()
        # A killed engine can't end its plugins; they see that they belong to somebody else.
        while os.getppid() == engine and server.wait_for_termination(_LOOK_SECONDS):
            pass
    except KeyboardInterrupt:
        pass  # So the engine ends its plugins.
    server.stop(None)
