import { Type, type Static } from "typebox";

const MEBIBYTE = 1024 * 1024;

function port(usual: number, of: string) {
  return Type.Union([Type.Integer({ minimum: 0, maximum: 65_535 }), Type.Literal("off")], {
    default: usual,
    description: `UDP port for ${of}; 0 takes a free one, "off" none. Every port takes every protocol.`,
  });
}

/** Settings of the live collector, each with its default. */
export const COLLECTOR_CONFIG = Type.Object(
  {
    enabled: Type.Boolean({ default: true, description: "Receive export packets over UDP." }),
    hosts: Type.Array(Type.String({ minLength: 2, maxLength: 60 }), {
      minItems: 1,
      maxItems: 64,
      default: ["0.0.0.0", "::"],
      description: "Addresses of this machine to receive on; all of them unless told otherwise.",
    }),
    netflowPort: port(2055, "NetFlow v5, v9 and IPFIX"),
    ipfixPort: port(4739, "IPFIX"),
    sflowPort: port(6343, "sFlow"),
    exporters: Type.Array(Type.String({ minLength: 2, maxLength: 60 }), {
      maxItems: 10_000,
      default: [],
      description:
        "Addresses and ranges whose packets are taken besides those of private ranges and of this machine.",
    }),
    maxExporters: Type.Integer({
      minimum: 1,
      maximum: 100_000,
      default: 10_000,
      description: "Exporters beyond so many are decoded but not watched one by one.",
    }),
    receivers: Type.Integer({
      minimum: 1,
      maximum: 16,
      default: 1,
      description:
        "Threads that receive; several share each port, the system spreads the exporters over them.",
    }),
    receiveBufferBytes: Type.Integer({
      minimum: 65_536,
      maximum: 1_073_741_824,
      default: 16 * MEBIBYTE,
      description: "Asked of the system for each socket; what it grants is shown beside the socket.",
    }),
    queueBytes: Type.Integer({
      minimum: MEBIBYTE,
      maximum: 4_096 * MEBIBYTE,
      default: 64 * MEBIBYTE,
      description: "Packets that wait for decoding, at most; beyond it they are dropped and counted.",
    }),
  },
  { additionalProperties: false },
);

export type CollectorConfig = Readonly<Static<typeof COLLECTOR_CONFIG>>;
