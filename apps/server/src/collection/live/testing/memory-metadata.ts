import type { MetadataStore, Network, SeenExporter, StoredExporter } from "#metadata-store";

/** What the collector needs of a metadata store, without a PostgreSQL; `metadata-store/exporters.test.ts` tests the real one. */
export interface MemoryMetadata {
  readonly metadata: Pick<MetadataStore, "networks" | "exporters">;
  readonly exporters: Map<string, StoredExporter>;
  /** From now on every question fails, or no more. */
  down: boolean;
}

export function memoryMetadata(): MemoryMetadata {
  const exporters = new Map<string, StoredExporter>();
  const names = ["default", "office"];
  const networkOf = (name: string): Network => ({
    id: names.indexOf(name) + 1,
    name,
    internalRanges: [],
    timeZone: "UTC",
    createdAt: new Date(0),
  });
  const memory: MemoryMetadata = {
    exporters,
    down: false,
    metadata: {
      networks: {
        ensure: async (name) => networkOf(name),
        get: async (name) => (names.includes(name) ? networkOf(name) : undefined),
        list: async () => names.map(networkOf),
      },
      exporters: {
        list: async () => {
          refuseWhenDown();
          return [...exporters.values()];
        },
        byAddress: async (address) => exporters.get(address),
        async upsertSeen(seen, networkId) {
          refuseWhenDown();
          for (const one of seen)
            exporters.set(one.address, merged(exporters.get(one.address), one, networkId));
        },
        update: async () => undefined,
        async register(
          address,
          { network = "default", name = "", samplingRate = null, simulatedClock = null },
        ) {
          const made: StoredExporter = {
            address,
            name,
            networkId: networkOf(network).id,
            network,
            samplingRate,
            simulatedClock,
            protocols: [],
            firstSeen: null,
            lastSeen: null,
            createdAt: new Date(0),
          };
          exporters.set(address, made);
          return made;
        },
      },
    },
  };

  function refuseWhenDown(): void {
    if (memory.down) throw new Error("the store is down");
  }

  function merged(before: StoredExporter | undefined, seen: SeenExporter, networkId: number): StoredExporter {
    return {
      ...(before ?? {
        name: "",
        networkId,
        network: names[networkId - 1],
        samplingRate: null,
        simulatedClock: null,
        createdAt: new Date(0),
      }),
      address: seen.address,
      protocols: [...seen.protocols],
      firstSeen: before?.firstSeen ?? new Date(seen.firstSeenMs),
      lastSeen: new Date(seen.lastSeenMs),
    };
  }

  return memory;
}
