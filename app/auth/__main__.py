"""`python -m app.auth` runs the service."""

from app.auth.main import create_app
from app.auth.settings import AuthSettings
from app.shared.server import serve

serve(AuthSettings, create_app)
