"""Custom actions in this process instead of over HTTP."""

from __future__ import annotations

from typing import Any

from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor

import actions


class InProcessActions(EndpointConfig):
    """Hands Rasa's action requests to the SDK's executor. Errors reach the caller as they are."""

    def __init__(self) -> None:
        # Selective: the whole domain as JSON with each call is the largest cost of a turn.
        super().__init__(url="in-process", enable_selective_domain=True)
        self.executor = ActionExecutor()
        self.executor.register_package(actions)

    async def request(self, *args: Any, json: dict[str, Any] | None = None, **kwargs: Any) -> Any:
        return await self.executor.run(json or {})
