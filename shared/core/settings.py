"""The settings that an operator may make: by environment variable, or by a file of that name in
/run/secrets."""

import re
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from zoneinfo import available_timezones

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

MOST_RETENTION_DAYS = 36_500
# Accepted beside the public address where no audience is set: the default of earlier releases.
FORMER_AUDIENCE = "education-partnership"
ISSUER = re.compile(
    r"https?://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?[A-Za-z0-9._~/-]{0,200}", re.ASCII
)
DOMAIN = re.compile(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+", re.ASCII)
SECRETS = Path("/run/secrets")
# As a browser writes it: lower case, without a path; plain HTTP from this machine alone.
ORIGIN = re.compile(
    r"(https://[a-z0-9-]+(\.[a-z0-9-]+)*|http://(localhost|127\.0\.0\.1))(:[1-9][0-9]{0,4})?"
)


class Environment(StrEnum):
    LOCAL = "local"
    PRODUCTION = "production"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        extra="ignore", secrets_dir=SECRETS if SECRETS.is_dir() else None
    )

    environment: Environment = Environment.PRODUCTION
    time_zone: str = "UTC"  # where the partnership's days begin: "America/New_York"

    database_url: SecretStr = SecretStr("")
    database_pool_size: int = Field(default=10, ge=1)
    database_ca_file: str = ""  # if set: always encrypted, to a server it vouches for
    nats_url: SecretStr = SecretStr("nats://127.0.0.1:4222")  # several, separated by commas
    nats_ca_file: str = ""
    nats_credentials: SecretStr = SecretStr("")  # of a user; empty where the broker admits anybody
    nats_replicas: int = Field(default=1, ge=1, le=5)
    # The broker takes 0 for "for ever", so 0 is refused.
    event_retention_days: int = Field(default=30, ge=1, le=MOST_RETENTION_DAYS)
    partner_retention_days: int = Field(default=30, ge=1, le=MOST_RETENTION_DAYS)
    # Days for which each class of a child's data is kept after the child has left; none "for ever".
    retention_roster_days: int = Field(default=1_825, ge=0, le=MOST_RETENTION_DAYS)
    retention_contacts_days: int = Field(default=365, ge=0, le=MOST_RETENTION_DAYS)
    retention_attendance_days: int = Field(default=1_825, ge=0, le=MOST_RETENTION_DAYS)
    retention_engagements_days: int = Field(default=1_095, ge=0, le=MOST_RETENTION_DAYS)
    retention_notes_days: int = Field(default=1_095, ge=0, le=MOST_RETENTION_DAYS)
    retention_support_days: int = Field(default=1_095, ge=0, le=MOST_RETENTION_DAYS)
    retention_consents_days: int = Field(default=1_825, ge=0, le=MOST_RETENTION_DAYS)
    retention_assignments_days: int = Field(default=365, ge=0, le=MOST_RETENTION_DAYS)
    retention_measures_days: int = Field(default=1_095, ge=0, le=MOST_RETENTION_DAYS)
    # An import that would end more than this share of what is in force, and at least so many, waits
    # for a confirmation, and its file is kept for it. 1: none waits.
    import_ending_share: float = Field(default=0.1, ge=0, le=1)
    import_ending_least: int = Field(default=5, ge=1)
    import_confirmation_days: int = Field(default=7, ge=1, le=90)

    # A child with fewer days of school in a year is not yet called chronically absent.
    chronic_absence_least_days: int = Field(default=10, ge=0, le=366)

    # Ed25519 keys as JWK (RFC 8037). The gateway signs principals, students signs grants; all
    # services verify both. The gateway's access tokens are for partners' systems. The public keys,
    # the access tokens' key and the cursor key (one a line) may be several: the first signs, any
    # verifies, so that one key can take over from another (deploy/rotation.py).
    principal_private_key: SecretStr = SecretStr("")
    principal_public_key: str = ""
    grant_private_key: SecretStr = SecretStr("")
    grant_public_key: str = ""
    access_token_private_key: SecretStr = SecretStr("")
    cursor_key: SecretStr = SecretStr("")

    # The partners service makes partners' accounts on the broker with these. Partners reach the broker
    # at `broker_public_url`, which the gateway shows too. Where the first is empty, it makes none.
    partner_accounts_key: SecretStr = SecretStr("")
    broker_operator_signing_key: SecretStr = SecretStr("")
    broker_platform_signing_key: SecretStr = SecretStr("")
    broker_system_credentials: SecretStr = SecretStr("")
    broker_public_url: str = "nats://127.0.0.1:4222"
    partner_credentials_hours: float = Field(default=24, gt=0)

    # "issuer|subject" of the person who becomes the first operator by signing in.
    first_operator: str = ""
    # The page of a client that takes invitations; an invitation's link adds "#secret".
    invitation_url: str = ""

    # The gateway's.
    partners_url: str = "http://127.0.0.1:8101"
    students_url: str = "http://127.0.0.1:8102"
    resources_url: str = "http://127.0.0.1:8103"
    outcomes_url: str = "http://127.0.0.1:8104"
    services_ca_file: str = ""
    oidc_issuer: str = ""
    # More issuers, space between them, each with the domains of its people's e-mail where it has any:
    # "https://id.example.org|example.org,schools.example.org https://login.example.net".
    oidc_issuers: str = ""
    # What access tokens must have in `aud`; several, space between them. None: the public address.
    oidc_audience: str = ""
    development_issuer_key: SecretStr = SecretStr("")
    public_url: str = "http://127.0.0.1:8100"
    # Origins of web frontends at other addresses, which a browser lets call: "https://app.example.org
    # https://staff.example.org". No other is allowed.
    allowed_origins: str = ""
    requests_per_minute: int = Field(default=6000, ge=1)
    requests_at_once: int = Field(default=64, ge=1)  # in work, of all callers; more are refused
    streams_per_account: int = Field(default=10, ge=1)  # event streams open at once
    metrics_listen: str = ""  # "host:port" for Prometheus, never reachable from outside

    # Seconds for which a process still answers after SIGTERM, so that no request reaches it in vain:
    # longer than the gateway keeps an idle connection. 0: not at all.
    drain_seconds: float = 0
    # The certificate (with the chain to its authority) and key under which this process answers.
    tls_certificate_file: str = ""
    tls_key_file: str = ""
    otel_exporter_otlp_endpoint: str = ""
    log_level: str = "INFO"

    @model_validator(mode="after")
    def _no_development_issuer_in_production(self) -> "Settings":
        if self.environment is Environment.PRODUCTION and self.development_issuer_key:
            raise ValueError("DEVELOPMENT_ISSUER_KEY must not be set where ENVIRONMENT=production")
        return self

    @field_validator("time_zone")
    @classmethod
    def _a_known_zone(cls, given: str) -> str:
        if given not in available_timezones():
            raise ValueError(f"TIME_ZONE takes a name like America/New_York, not {given!r}")
        return given

    @field_validator("allowed_origins")
    @classmethod
    def _only_whole_origins(cls, given: str) -> str:
        for origin in given.split():
            if not ORIGIN.fullmatch(origin):
                raise ValueError(
                    f"ALLOWED_ORIGINS takes https://host[:port], space between them, not {origin!r}"
                )
        return given

    @field_validator("oidc_issuers")
    @classmethod
    def _each_domain_has_one_issuer(cls, given: str) -> str:
        seen: set[str] = set()
        for each in given.split():
            issuer, *domains = _issuer_and_domains(each)
            names = [issuer, *domains]
            if not ISSUER.fullmatch(issuer) or not all(map(DOMAIN.fullmatch, domains)):
                raise ValueError(f"OIDC_ISSUERS takes https://issuer|domain,domain, not {each!r}")
            if len(set(names)) < len(names) or seen & set(names):
                raise ValueError(f"OIDC_ISSUERS names an issuer or a domain twice: {each!r}")
            seen |= set(names)
        return given

    def issuers(self) -> dict[str, tuple[str, ...]]:
        """The issuers that sign people in, OIDC_ISSUER first, with the domains of their people's
        e-mail."""
        read = [_issuer_and_domains(each) for each in self.oidc_issuers.split()]
        named: dict[str, tuple[str, ...]] = {self.oidc_issuer: ()} if self.oidc_issuer else {}
        return named | {issuer: tuple(domains) for issuer, *domains in read}

    def accepted_audiences(self) -> tuple[str, ...]:
        """The audiences of which an access token must name one. The first is the one to ask for."""
        return tuple(self.oidc_audience.split()) or (self.public_url, FORMER_AUDIENCE)

    def origins(self) -> tuple[str, ...]:
        """The origins whose pages a browser may let call."""
        return tuple(self.allowed_origins.split())

    @model_validator(mode="after")
    def _nothing_goes_unencrypted_where_it_was_to_be(self) -> "Settings":
        brokers = self.nats_url.get_secret_value().split(",")
        encrypted = [each.startswith("tls://") for each in brokers]
        if any(encrypted) != all(encrypted) or (self.nats_ca_file and not all(encrypted)):
            raise ValueError("NATS_URL must begin with tls:// for each broker")
        services = (self.partners_url, self.students_url, self.resources_url, self.outcomes_url)
        if self.services_ca_file and not all(each.startswith("https://") for each in services):
            raise ValueError("PARTNERS_URL and the others must begin with https://")
        if bool(self.tls_certificate_file) != bool(self.tls_key_file):
            raise ValueError("TLS_CERTIFICATE_FILE and TLS_KEY_FILE go together")
        return self

    def plain_database_url(self) -> str:
        """The database's address as asyncpg itself takes it."""
        return self.database_url.get_secret_value().replace("+asyncpg", "")


def _issuer_and_domains(entry: str) -> list[str]:
    issuer, bar, domains = entry.partition("|")
    return [issuer, *domains.lower().split(",")] if bar else [issuer]


@lru_cache
def from_environment() -> Settings:
    return Settings()
