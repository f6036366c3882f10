"""The uses of keys of data rights."""

from typing import Final

CONTACT: Final = "request"
CODE: Final = "request-code"
PACKAGE: Final = "package"
LINK: Final = "package-link"
