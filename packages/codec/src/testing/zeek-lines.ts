// Lines of a conn.log for tests that change one field of an ordinary conversation.

export const FIELDS: readonly string[] = [
  "ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration",
  "orig_bytes resp_bytes conn_state local_orig local_resp missed_bytes history",
  "orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes tunnel_parents",
].flatMap((names) => names.split(" "));

export function header(fields: readonly string[] = FIELDS, path = "conn"): string {
  return [
    "#separator \\x09",
    "#set_separator\t,",
    "#empty_field\t(empty)",
    "#unset_field\t-",
    `#path\t${path}`,
    `#fields\t${fields.join("\t")}`,
    `#types\t${fields.map(() => "string").join("\t")}`,
    "",
  ].join("\n");
}

const DEFAULTS: Readonly<Record<string, string>> = {
  ts: "1541117137.618695",
  uid: "CYtJYz4gNk3t5ZEt2",
  "id.orig_h": "172.16.9.233",
  "id.orig_p": "49159",
  "id.resp_h": "172.16.9.5",
  "id.resp_p": "88",
  proto: "tcp",
  duration: "0.013561",
  orig_bytes: "244",
  resp_bytes: "292",
  conn_state: "SF",
  history: "ShADadFf",
  orig_pkts: "4",
  orig_ip_bytes: "416",
  resp_pkts: "5",
  resp_ip_bytes: "464",
};

/** A line with the fields of DEFAULTS but for those given; others are unset. */
export function line(
  fields: Readonly<Record<string, string>> = {},
  names: readonly string[] = FIELDS,
): string {
  return `${names.map((name) => fields[name] ?? DEFAULTS[name] ?? "-").join("\t")}\n`;
}
