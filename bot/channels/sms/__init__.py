"""Texting through Twilio: signed webhooks in, TwiML and its API out."""

from bot.channels.sms.outbound.status import Deliveries
from bot.channels.sms.routes import sms_routes, text_deliverers
from bot.channels.sms.wishes import Wishes

__all__ = ["Deliveries", "Wishes", "sms_routes", "text_deliverers"]
