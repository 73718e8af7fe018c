"""The site and its fake studio, as the pages' tests have them."""

from tests.ui.conftest import fake, site

__all__ = ["fake", "site"]
