"""Texting through Twilio: signed webhooks in, TwiML and its API out."""

from bot.channels.sms.routes import sms_routes, text_deliverers

__all__ = ["sms_routes", "text_deliverers"]
