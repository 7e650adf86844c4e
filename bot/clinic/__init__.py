"""The clinic: its profile, read from ``data/clinic.yml``."""

from bot.clinic.notifications import LadderPlan, Notifications, Step
from bot.clinic.profile import ClinicProfile
from bot.clinic.section import ClinicError

__all__ = ["ClinicError", "ClinicProfile", "LadderPlan", "Notifications", "Step"]
