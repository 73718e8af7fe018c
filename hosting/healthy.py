"""A container's health check: exit 0 when the studio's server answers, 1 when it does not."""

import os
import sys
import urllib.request

try:
    address = f"http://127.0.0.1:{os.environ.get('PORT', '8501')}/_stcore/health"
    with urllib.request.urlopen(address, timeout=5) as answer:
        sys.exit(answer.status != 200)
except OSError as error:
    sys.exit(f"The studio does not answer: {error}")
