import { CollectionError } from "../errors.ts";
import type { PlannedEndpoint } from "./endpoints.ts";
import type { FromReceiver } from "./messages.ts";

type Failed = Extract<FromReceiver, { type: "failed" }>;

/** Collectors that people run beside, by the port they are known for. */
const USUAL_TENANTS: Readonly<Record<number, string>> = {
  2055: "nfcapd, goflow2, pmacct or ntopng",
  4739: "an IPFIX collector such as nfcapd or vFlow",
  6343: "an sFlow collector such as sfcapd, sflowtool or ntopng",
};

/** The error of a socket that could not be opened, with a way on. */
export function bindFailure(failed: Failed, endpoints: readonly PlannedEndpoint[]): CollectionError {
  const { address, port, systemCode } = failed;
  const setting =
    endpoints.find((one) => one.address === address && one.port === port)?.setting ?? "collector.netflowPort";
  const context = { address, port, setting, systemCode };
  switch (systemCode) {
    case "EADDRINUSE": {
      const tenant = USUAL_TENANTS[port] ?? "another collector";
      return new CollectionError(
        "COLLECTOR_PORT_BUSY",
        `${port}/udp on ${address} is taken by another program, perhaps ${tenant}, or another FlowLens (ss -lunp shows which). ` +
          `End it, choose another port with ${setting}, or set that to "off".`,
        { context },
      );
    }
    case "EACCES":
    case "EPERM":
      return new CollectionError(
        "COLLECTOR_NOT_PERMITTED",
        `No permission to receive on ${port}/udp of ${address}. Ports below 1024 need rights that FlowLens does not need otherwise: choose a higher one with ${setting}.`,
        { context },
      );
    case "EADDRNOTAVAIL":
    case "EAFNOSUPPORT":
      return new CollectionError(
        "COLLECTOR_ADDRESS_NOT_HERE",
        `${address} is no address of this machine, so nothing can be received there. Correct collector.hosts.`,
        { context: { ...context, setting: "collector.hosts" } },
      );
    case "ENOTSUP":
      return new CollectionError(
        "COLLECTOR_NOT_STARTED",
        `This system does not let several sockets share ${port}/udp. Set collector.receivers to 1.`,
        { context: { ...context, setting: "collector.receivers" } },
      );
    default:
      return new CollectionError(
        "COLLECTOR_NOT_STARTED",
        `The system refused to receive on ${port}/udp of ${address} (${systemCode}: ${failed.message}). Choose another port with ${setting}.`,
        { context },
      );
  }
}
