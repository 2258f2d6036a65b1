from leads.people.services.consents import set_consent
from leads.people.services.custom import set_custom
from leads.people.services.households import join_household, leave_household, relate, unrelate
from leads.people.services.leads import (
    TYPED,
    add_lead,
    archive,
    bring_back,
    change_lead,
    set_do_not_contact,
)
from leads.people.services.points import (
    add_point,
    change_point,
    make_primary,
    remove_point,
    reveal,
)
from leads.people.services.stages import goes_along, move_stage

__all__ = [
    "TYPED",
    "add_lead",
    "add_point",
    "archive",
    "bring_back",
    "change_lead",
    "change_point",
    "goes_along",
    "join_household",
    "leave_household",
    "make_primary",
    "move_stage",
    "relate",
    "remove_point",
    "reveal",
    "set_consent",
    "set_custom",
    "set_do_not_contact",
    "unrelate",
]
