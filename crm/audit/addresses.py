"""Client addresses, kept coarse: enough to see a stranger, too little to follow a person."""

from __future__ import annotations

import ipaddress

KEPT_BITS = {4: 24, 6: 48}


def coarse(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address.strip())
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return str(ipaddress.ip_network((parsed, KEPT_BITS[parsed.version]), strict=False))
