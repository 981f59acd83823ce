import type { MetadataStore, Network } from "#metadata-store";
import { requireNetwork } from "./require-network.ts";

/** Where live traffic goes unless told otherwise. */
const DEFAULT_NETWORK = "default";

/** What a question is about while there is no network at all: nothing is ever found in it. */
const NOTHING_YET: Network = {
  id: 0,
  name: DEFAULT_NETWORK,
  internalRanges: [],
  timeZone: "UTC",
  createdAt: new Date(0),
};

/**
 * The network that a question names. When it names none: the only one there is, else `default`, else the first.
 * @throws RequestError NETWORK_NOT_FOUND
 */
export async function networkNamed(
  metadata: Pick<MetadataStore, "networks">,
  name: string | undefined,
): Promise<Network> {
  const networks = await metadata.networks.list();
  if (name !== undefined) return requireNetwork(networks, name);
  return networks.find((network) => network.name === DEFAULT_NETWORK) ?? networks[0] ?? NOTHING_YET;
}
