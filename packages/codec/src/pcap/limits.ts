/** Largest captured length that is believed; libpcap's MAXIMUM_SNAPLEN, and no capture tool writes more. */
export const MAX_CAPTURED_BYTES = 262_144;

/** Largest pcapng block that is believed; one block is held in memory while it arrives. */
export const MAX_BLOCK_BYTES = 16 * 1024 * 1024;

/** Interfaces of one pcapng section that are remembered. */
export const MAX_INTERFACES = 65_536;
