"""How the app is served: on SIGTERM gunicorn finishes the requests it has and then leaves."""

import os

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", "1"))
threads = int(os.environ.get("WEB_THREADS", "8"))
worker_class = "gthread"
graceful_timeout = 25
keepalive = 75
accesslog = "-"
