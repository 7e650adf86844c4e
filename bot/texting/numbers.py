"""Numbers as the network writes them: "+12175550100", or "whatsapp:+12175550100"."""

from __future__ import annotations

from collections.abc import Collection

import phonenumbers

WHATSAPP = "whatsapp:"


def plain(address: str) -> str:
    """The number without the name of its network."""
    return address.removeprefix(WHATSAPP)


def may_be_texted(address: str, countries: Collection[str]) -> bool:
    """True for a number of one of these countries, by their letters. A number that nobody has, as in examples,
    counts by its calling code."""
    try:
        number = phonenumbers.parse(plain(address))
    except phonenumbers.NumberParseException:
        return False
    country = phonenumbers.region_code_for_number(number)
    if country is not None:
        return country in countries
    return number.country_code in {phonenumbers.country_code_for_region(item) for item in countries}


def sender_for(address: str, ours: str) -> str:
    """Our number on the network that the address is of."""
    return WHATSAPP + ours if address.startswith(WHATSAPP) and ours.startswith("+") else ours
