"""`python -m app.auth` runs the service."""

from app.auth.main import create_app
from app.auth.settings import Settings
from app.shared.server import serve

serve(Settings, create_app)
