/** What the value of a feature is: how it was made from counts, and so how to read it back. */
export type FeatureUnit =
  | "log1p conversations"
  | "log1p bytes"
  | "log1p clients"
  | "log1p servers"
  | "log1p ports"
  | "log1p bytes per conversation"
  | "share"
  | "deviation / mean"
  | "yes or no";

export interface FeatureDefinition {
  /** Position in the vector. */
  readonly index: number;
  readonly name: string;
  /** As a person would call it. */
  readonly label: string;
  /** One sentence; "the look-back" is 24 h unless set otherwise. Conversations are accepted ones throughout. */
  readonly definition: string;
  readonly unit: FeatureUnit;
  /** When the value is missing (NaN in the vector, null in JSON); absent where it never is. */
  readonly missingWhen?: string;
}

export interface FeatureCatalogue {
  readonly version: string;
  readonly features: readonly FeatureDefinition[];
}

const NO_SERVED_PORT = "it serves no port";
const NO_CONVERSATION = "it has no accepted conversation";

const definitions: readonly Omit<FeatureDefinition, "index">[] = [
  {
    name: "inbound_flows_log",
    label: "accepted conversations",
    unit: "log1p conversations",
    definition: "log1p of the conversations the host accepted.",
  },
  {
    name: "outbound_flows_log",
    label: "opened conversations",
    unit: "log1p conversations",
    definition: "log1p of the accepted conversations the host opened.",
  },
  {
    name: "inbound_bytes_log",
    label: "bytes received",
    unit: "log1p bytes",
    definition: "log1p of the bytes it received in accepted conversations, scaled by the sampling rate.",
  },
  {
    name: "outbound_bytes_log",
    label: "bytes sent",
    unit: "log1p bytes",
    definition: "log1p of the bytes it sent in accepted conversations, scaled by the sampling rate.",
  },
  {
    name: "fan_in_count_log",
    label: "fan-in",
    unit: "log1p clients",
    definition: "log1p of the distinct clients it accepted conversations from.",
  },
  {
    name: "fan_out_count_log",
    label: "fan-out",
    unit: "log1p servers",
    definition: "log1p of the distinct servers that accepted its conversations.",
  },
  {
    name: "total_flows_log",
    label: "conversations",
    unit: "log1p conversations",
    definition: "log1p of all its accepted conversations, from either side.",
  },
  {
    name: "fan_in_ratio",
    label: "share of peers that are clients",
    unit: "share",
    definition: "Fan-in divided by fan-in plus fan-out.",
    missingWhen: "it has neither client nor server",
  },
  {
    name: "well_known_port_ratio",
    label: "served ports up to 1023",
    unit: "share",
    definition: "Share of its served (protocol, port) with a port of at most 1023.",
    missingWhen: NO_SERVED_PORT,
  },
  {
    name: "ephemeral_port_ratio",
    label: "served ports from 32768",
    unit: "share",
    definition: "Share of its served (protocol, port) with a port of at least 32768.",
    missingWhen: NO_SERVED_PORT,
  },
  {
    name: "business_hours_ratio",
    label: "conversations in business hours",
    unit: "share",
    definition: "Share of its conversations 08:00–18:00 Monday–Friday in the network's time zone.",
    missingWhen: NO_CONVERSATION,
  },
  {
    name: "unique_dst_ports_log",
    label: "ports used as a client",
    unit: "log1p ports",
    definition: "log1p of the distinct (protocol, port) it used as a client.",
  },
  {
    name: "unique_src_ports_log",
    label: "ports served",
    unit: "log1p ports",
    definition: "log1p of the distinct (protocol, port) it serves.",
  },
  {
    name: "active_hours_normalized",
    label: "hours of the day with traffic",
    unit: "share",
    definition: "Distinct hours of the day with traffic divided by 24, in the network's time zone.",
  },
  {
    name: "traffic_variance",
    label: "unevenness from hour to hour",
    unit: "deviation / mean",
    definition:
      "Population deviation divided by the mean of its hourly conversation counts from first to last sight, hours without traffic included.",
    missingWhen: "it was seen for less than 3 hours or has no accepted conversation",
  },
  {
    name: "has_db_ports",
    label: "serves a database port",
    unit: "yes or no",
    definition: "1 when it serves 1433, 1521, 3306, 5432, 5984, 6379, 9042, 9200, 27017 or 50000, else 0.",
  },
  {
    name: "has_storage_ports",
    label: "serves a storage port",
    unit: "yes or no",
    definition: "1 when it serves 111, 139, 445, 548, 873, 2049 or 3260, else 0.",
  },
  {
    name: "has_web_ports",
    label: "serves a web port",
    unit: "yes or no",
    definition: "1 when it serves 80, 443, 8080 or 8443, else 0.",
  },
  {
    name: "has_ssh_ports",
    label: "serves SSH",
    unit: "yes or no",
    definition: "1 when it serves 22/tcp, else 0.",
  },
  {
    name: "tcp_ratio",
    label: "TCP",
    unit: "share",
    definition: "Share of its conversations that are TCP.",
    missingWhen: NO_CONVERSATION,
  },
  {
    name: "udp_ratio",
    label: "UDP",
    unit: "share",
    definition: "Share of its conversations that are UDP.",
    missingWhen: NO_CONVERSATION,
  },
  {
    name: "icmp_ratio",
    label: "ICMP",
    unit: "share",
    definition: "Share of its conversations that are ICMP or ICMPv6.",
    missingWhen: NO_CONVERSATION,
  },
  {
    name: "bytes_per_flow_log",
    label: "bytes per conversation",
    unit: "log1p bytes per conversation",
    definition: "log1p of its bytes, received and sent, per conversation.",
    missingWhen: NO_CONVERSATION,
  },
  {
    name: "inbound_outbound_ratio",
    label: "share of conversations it accepted",
    unit: "share",
    definition: "Conversations it accepted divided by all its conversations.",
    missingWhen: NO_CONVERSATION,
  },
];

/**
 * The base vector, in this order for ever: a model names the version it was trained on. A changed meaning
 * is a new version beside this one, never an edit.
 */
export const FEATURES_V1: FeatureCatalogue = {
  version: "features.v1",
  features: definitions.map((definition, index) => ({ index, ...definition })),
};

export const FEATURE_COUNT = 24;
