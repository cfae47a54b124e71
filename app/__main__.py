"""Runs the service that the image was built for: the one named by the environment variable SERVICE."""

import os
import runpy

runpy.run_module(f"app.{os.environ['SERVICE']}", run_name="__main__", alter_sys=True)
