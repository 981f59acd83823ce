import { Exporter, ExporterList, ExporterPatch, ExporterPath } from "@flowlens/contract";
import { formatAddress, parseAddress } from "@flowlens/flow";
import type { LiveCollector } from "#collection";
import type { ExporterChanges, MetadataStore } from "#metadata-store";
import { Type } from "typebox";
import { RequestError } from "../errors.ts";
import { requireNetwork } from "../networks/require-network.ts";
import { invalidParameter } from "../parameters/read-parameters.ts";
import { acceptJson } from "../server/json-body.ts";
import type { Server } from "../server/server.ts";
import { toExporter, toExporterList } from "./exporter-json.ts";

/** Exporters with their live counters. */
export type ExporterSource = Pick<LiveCollector, "exporters" | "status" | "reloadExporters">;

export interface ExporterRouteDependencies {
  readonly metadata: Pick<MetadataStore, "exporters" | "networks">;
  readonly collector: ExporterSource;
}

const NOTHING = Type.Object({}, { additionalProperties: false });

export function addExporterRoutes(server: Server, { metadata, collector }: ExporterRouteDependencies): void {
  acceptJson(server);

  async function find(address: string): Promise<Exporter> {
    const found = (await collector.exporters()).find((one) => one.address === address);
    if (found === undefined) throw exporterNotFound(address);
    return toExporter(found);
  }

  server.get(
    "/exporters",
    {
      config: { access: "open", example: "" },
      schema: {
        operationId: "listExporters",
        summary: "What sends flow records, how well it arrives, and the sockets that receive it",
        tags: ["exporters"],
        querystring: NOTHING,
        response: { 200: ExporterList },
      },
    },
    async () => toExporterList(await collector.exporters(), collector.status()),
  );

  server.get(
    "/exporters/:address",
    {
      config: { access: "open", problems: ["EXPORTER_NOT_FOUND"], example: "" },
      schema: {
        operationId: "getExporter",
        summary: "One exporter with its health",
        tags: ["exporters"],
        params: ExporterPath,
        querystring: NOTHING,
        response: { 200: Exporter },
      },
    },
    (request) => find(addressOf(request.params.address)),
  );

  server.patch(
    "/exporters/:address",
    {
      config: {
        access: "admin",
        problems: ["EXPORTER_NOT_FOUND", "NETWORK_NOT_FOUND"],
        example: '{"name": "core router", "sampling_rate_override": 1000}',
      },
      schema: {
        operationId: "changeExporter",
        summary: "Name an exporter, move it to another network, or say its sampling rate",
        description:
          "What is left out stays as it is; null gives a sampling rate back to what the exporter says. It holds for what is received from then on.",
        tags: ["exporters"],
        params: ExporterPath,
        querystring: NOTHING,
        body: ExporterPatch,
        response: { 200: Exporter },
      },
    },
    async (request) => {
      const address = addressOf(request.params.address);
      const { body } = request;
      if (body.network !== undefined) {
        requireNetwork(await metadata.networks.list(), body.network, "body");
      }
      const changed = await metadata.exporters.update(address, toChanges(body));
      if (changed === undefined) throw exporterNotFound(address);
      await collector.reloadExporters();
      return find(address);
    },
  );
}

function toChanges(body: ExporterPatch): ExporterChanges {
  const { name, network, sampling_rate_override: samplingRate, simulated_clock: clock } = body;
  return {
    ...(name === undefined ? {} : { name }),
    ...(network === undefined ? {} : { network }),
    ...(samplingRate === undefined ? {} : { samplingRate }),
    ...(clock === undefined
      ? {}
      : {
          simulatedClock:
            clock === null
              ? null
              : { realMs: clock.real_ms, simulatedMs: clock.simulated_ms, speed: clock.speed },
        }),
  };
}

function addressOf(text: string): string {
  const bytes = parseAddress(text);
  if (bytes !== undefined) return formatAddress(bytes);
  throw invalidParameter(
    "address",
    `must be an address like 192.0.2.1 or 2001:db8::1, not ${JSON.stringify(text)}`,
    "path",
  );
}

function exporterNotFound(address: string): RequestError {
  return new RequestError(
    "EXPORTER_NOT_FOUND",
    `There is no exporter ${address}. GET /api/v1/exporters lists those that were seen.`,
  );
}
