"""Who keeps a network's page and its rules: the ILL center, operators, and the directors of the
library that is its office. "Not yours" looks like "not there".
"""

from django.http import Http404

from postroad.accounts import roles
from postroad.accounts.models import Role
from postroad.accounts.roles import Person
from postroad.directory import networks
from postroad.directory.models import Network
from postroad.web.shared.gates import RECORDS


def in_office(user: Person) -> bool:
    return roles.has_any(user, RECORDS)


def keeps(user: Person, network: Network) -> bool:
    if in_office(user):
        return True
    return network.office_id is not None and roles.has(user, Role.DIRECTOR, network.office_id)


def network_of(user: Person, code: str) -> Network:
    found = networks.find(code)
    if found is None or not keeps(user, found):
        raise Http404
    return found
