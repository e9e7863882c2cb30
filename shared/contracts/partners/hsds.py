"""HSDS 3.0 documents as the platform exports them. Their form is the specification's
(https://docs.openreferral.org). `kind` of an organization and `capacity`, `grades`, `starts_on` and
`ends_on` of a service are our own additions."""

from typing import Any

from pydantic import RootModel


class HsdsOrganization(RootModel[dict[str, Any]]):
    """An organization with its locations and services."""


class HsdsService(RootModel[dict[str, Any]]):
    """A service with its organization and the locations where it takes place."""
