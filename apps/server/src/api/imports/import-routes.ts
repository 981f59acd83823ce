import { ImportList, ImportListQuery, ImportQuery, TaskAccepted } from "@flowlens/contract";
import type { MetadataStore } from "#metadata-store";
import { RequestError } from "../errors.ts";
import { requireNetwork } from "../networks/require-network.ts";
import type { Server } from "../server/server.ts";
import { toImport } from "./import-report.ts";
import type { ImportTasks } from "./import-tasks.ts";
import type { Uploads } from "./uploads.ts";

const UPLOAD_MEDIA_TYPE = "application/octet-stream";

export interface ImportRouteDependencies {
  readonly metadata: Pick<MetadataStore, "imports" | "networks">;
  readonly uploads: Uploads;
  readonly tasks: ImportTasks;
}

export function addImportRoutes(server: Server, { metadata, uploads, tasks }: ImportRouteDependencies): void {
  // The body is handed on as it comes in; no other route takes one.
  server.addContentTypeParser(UPLOAD_MEDIA_TYPE, (_request, body, done) => done(null, body));

  server.post(
    "/imports",
    {
      config: {
        access: "admin",
        takesFile: UPLOAD_MEDIA_TYPE,
        problems: ["UPLOAD_EMPTY", "UPLOAD_BROKEN_OFF", "UPLOAD_TOO_LARGE", "NO_SPACE"],
        example: "?network=default&name=capture.pcap",
      },
      schema: {
        operationId: "importFile",
        summary: "Take a file in; the body is the file, gzip or not",
        description:
          "Captures, Zeek logs, VPC flow logs, CSV: what it is, its content says. The answer names the task that takes it in; GET /api/v1/tasks/{id} tells how far it is. The same content again changes nothing.",
        tags: ["imports"],
        querystring: ImportQuery,
        response: { 202: TaskAccepted },
      },
    },
    async (request, reply) => {
      const { network: networkName = "default", name = "upload", strict = false, as } = request.query;
      if (request.body === undefined) {
        throw new RequestError(
          "UPLOAD_EMPTY",
          "The request has no body. Send the file as the body of the request.",
        );
      }
      // A store that is away is told before gigabytes are sent; the network is only made when they are there.
      await metadata.networks.get(networkName);
      const upload = await uploads.receive(request.raw);
      try {
        const network = await metadata.networks.ensure(networkName);
        const taskId = await tasks.begin(upload, { network, name, strict, content: as });
        return await reply.code(202).header("location", `/api/v1/tasks/${taskId}`).send({ task_id: taskId });
      } catch (error) {
        await uploads.remove(upload.path);
        throw error;
      }
    },
  );
  server.get(
    "/imports",
    {
      config: { access: "open", problems: ["NETWORK_NOT_FOUND"], example: "?limit=20" },
      schema: {
        operationId: "listImports",
        summary: "Files that were taken in, newest first",
        tags: ["imports"],
        querystring: ImportListQuery,
        response: { 200: ImportList },
      },
    },
    async (request) => {
      const { network: name, limit = 100 } = request.query;
      const networks = await metadata.networks.list();
      const network = name === undefined ? undefined : requireNetwork(networks, name);
      const imports = await metadata.imports.list({ limit, ...(network && { networkId: network.id }) });
      const names = new Map(networks.map((one) => [one.id, one.name]));
      return {
        imports: imports.map((one) => toImport(one, names.get(one.networkId) ?? `network ${one.networkId}`)),
      };
    },
  );
}
