/** Zeek's names of what is read of a conn.log line, by slot (base/protocols/conn/main.zeek, `Conn::Info`). */
export const SLOT = {
  ts: 0,
  origHost: 1,
  origPort: 2,
  respHost: 3,
  respPort: 4,
  proto: 5,
  duration: 6,
  origBytes: 7,
  respBytes: 8,
  connState: 9,
  history: 10,
  origPackets: 11,
  origIpBytes: 12,
  respPackets: 13,
  respIpBytes: 14,
  ipProto: 15,
} as const;

export const CONN_FIELD_NAMES = [
  "ts",
  "id.orig_h",
  "id.orig_p",
  "id.resp_h",
  "id.resp_p",
  "proto",
  "duration",
  "orig_bytes",
  "resp_bytes",
  "conn_state",
  "history",
  "orig_pkts",
  "orig_ip_bytes",
  "resp_pkts",
  "resp_ip_bytes",
  "ip_proto",
] as const;

/** The first so many slots: without them a line is no flow. */
export const REQUIRED_SLOTS = 6;

/** Where the fields of the line at hand are, by slot: bytes [starts, ends), `ends` 0 where unset. Reused for all lines. */
export interface ConnLine {
  bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

export function createConnLine(): ConnLine {
  return {
    bytes: new Uint8Array(0),
    starts: new Int32Array(CONN_FIELD_NAMES.length),
    ends: new Int32Array(CONN_FIELD_NAMES.length),
  };
}

/** For any Zeek log but conn.log. */
export function otherLog(path: string): string {
  return `this is Zeek's ${path}.log, which holds no flows; FlowLens reads conn.log`;
}
