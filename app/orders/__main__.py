"""Runs the orders service: `python -m app.orders`."""

from app.orders.main import create_app
from app.orders.settings import Settings
from app.shared.server import serve

serve(Settings, create_app)
