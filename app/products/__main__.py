"""`python -m app.products` runs the service."""

from app.products.main import create_app
from app.products.settings import Settings
from app.shared.server import serve

serve(Settings, create_app)
