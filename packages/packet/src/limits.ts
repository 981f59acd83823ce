/** VLAN tags and MPLS labels read in one frame; real networks stack two tags and up to about ten labels. */
export const MAX_LINK_TAGS = 16;

/** IPv6 extension headers walked in one packet; RFC 8200 §4.1 knows six kinds, one of them twice. */
export const MAX_EXTENSION_HEADERS = 16;

/** Tunnels entered in one packet; overlays of overlays (a subscriber's VPN over GTP-U over GRE) are three deep. */
export const MAX_TUNNELS = 4;
