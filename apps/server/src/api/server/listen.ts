import type { AddressInfo } from "node:net";
import type { ApiConfig } from "../config.ts";
import { ApiError } from "../errors.ts";
import type { Server } from "./server.ts";

/** Listens; answers the address under which this machine reaches the server. @throws ApiError API_PORT_BUSY, API_ADDRESS_UNUSABLE */
export async function listen(
  server: Server,
  { host, port }: Pick<ApiConfig, "host" | "port">,
): Promise<string> {
  try {
    await server.listen({ host, port });
  } catch (cause) {
    throw listenError(cause, host, port);
  }
  const { address, port: takenPort } = server.server.address() as AddressInfo;
  const reached = address === "0.0.0.0" ? "127.0.0.1" : address === "::" ? "::1" : address;
  return `http://${reached.includes(":") ? `[${reached}]` : reached}:${takenPort}`;
}

function listenError(cause: unknown, host: string, port: number): ApiError {
  const systemCode = String((cause as { readonly code?: unknown }).code);
  const details = { context: { host, port, systemCode }, cause };
  switch (systemCode) {
    case "EADDRINUSE":
      return new ApiError(
        "API_PORT_BUSY",
        `Port ${port} on ${host} is taken by another program. Stop that one, or choose another port with --port.`,
        details,
      );
    case "EACCES":
      return new ApiError(
        "API_ADDRESS_UNUSABLE",
        `This user may not listen on port ${port}. Choose a port above 1023 with --port.`,
        details,
      );
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new ApiError(
        "API_ADDRESS_UNUSABLE",
        `${host} is no address of this machine. Choose one that is with --host.`,
        details,
      );
    default:
      return new ApiError(
        "API_ADDRESS_UNUSABLE",
        `Port ${port} on ${host} cannot be listened on (${systemCode}).`,
        details,
      );
  }
}
