import type { FieldError } from "@flowlens/contract";
import { nearest } from "#config";
import type { Network } from "#metadata-store";
import { RequestError } from "../errors.ts";

/** The network of that name. @throws RequestError NETWORK_NOT_FOUND, with the name that was probably meant */
export function requireNetwork(
  networks: readonly Network[],
  name: string,
  place: FieldError["in"] = "query",
): Network {
  const found = networks.find((network) => network.name === name);
  if (found !== undefined) return found;
  const names = networks.map((network) => network.name);
  const guess = nearest(name, names);
  const wayOn =
    guess !== undefined
      ? `did you mean ${guess}?`
      : names.length === 0
        ? "there is none yet; import a file first."
        : `there are ${names.slice(0, 20).join(", ")}${names.length > 20 ? ", …" : ""}.`;
  const message = `There is no network ${JSON.stringify(name)}; ${wayOn}`;
  throw new RequestError("NETWORK_NOT_FOUND", message, {
    fields: [{ in: place, field: place === "path" ? "name" : "network", message }],
  });
}
