"""What can be held against a client's books: databases and a stream."""

from dataclasses import dataclass
from typing import Any

from shared.core.settings import Settings
from tests.platform import Platform


@dataclass
class Held:
    platform: Platform
    processes: list[str]

    def settings(self) -> Settings:
        """Of one who may read the whole stream, and write to it, as partners may."""
        return Settings(
            nats_url=self.platform.nats_url,
            nats_credentials=self.platform.keys["partners_nats_credentials"],
        )

    async def rows(self, service: str, sql: str, *values: Any) -> list[Any]:
        return await self.platform.rows(service, sql, *values)

    async def one(self, service: str, sql: str, *values: Any) -> Any:
        return (await self.rows(service, sql, *values))[0][0]
