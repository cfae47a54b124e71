"""`python -m app.frontend`."""

from app.frontend.main import create_app
from app.frontend.settings import Settings
from app.shared.server import serve

serve(Settings, create_app)
