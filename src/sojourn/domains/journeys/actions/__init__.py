"""Do: save, change and delete named journeys and saved questions; list the customers behind a number."""

from sojourn.domains.journeys.actions.customers import customers
from sojourn.domains.journeys.actions.named import delete, save
from sojourn.domains.journeys.actions.saved import (
    change_question,
    delete_question,
    pin_question,
    restore_question,
    save_question,
    unpin_question,
)

__all__ = [
    "change_question",
    "customers",
    "delete",
    "delete_question",
    "pin_question",
    "restore_question",
    "save",
    "save_question",
    "unpin_question",
]
