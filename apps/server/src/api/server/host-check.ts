import { formatAddress, isIpv4, parseAddress } from "@flowlens/flow";
import type { ApiConfig } from "../config.ts";
import { RequestError } from "../errors.ts";
import type { Server } from "./server.ts";

/**
 * Refuses requests that name another host. A page of a stranger may point its own name at this machine's loopback
 * address (DNS rebinding) and would then read answers as if they were its own; its name stays in the Host header.
 */
export function checkHosts(server: Server, config: Pick<ApiConfig, "host" | "allowedHosts">): void {
  const isAllowed = hostCheck(config);
  server.addHook("onRequest", (request, _reply, done) => {
    const named = [request.headers.host, ...hostOfTarget(request.raw.url)];
    const stranger = named.findIndex((host) => !isAllowed(host));
    done(stranger === -1 ? undefined : notAllowed(named[stranger]));
  });
}

/** Whether a Host header names this machine's loopback, the address listened on, or a host that was allowed. */
export function hostCheck({
  host,
  allowedHosts,
}: Pick<ApiConfig, "host" | "allowedHosts">): (header: string | undefined) => boolean {
  const allowed = new Set(["localhost", canonicalHost(host), ...allowedHosts.map(canonicalHost)]);
  return (header) => {
    const [, name] = /^(\[[0-9a-f:.]+\]|[^\s:/?#@[\]\\]+)(?::\d{1,5})?$/i.exec(header ?? "") ?? [];
    if (name === undefined) return false;
    const canonical = canonicalHost(name);
    return allowed.has(canonical) || isLoopback(canonical);
  };
}

/** Whether the address, as text, never leaves this machine. */
export function isLoopback(host: string): boolean {
  const bytes = parseAddress(host);
  if (bytes === undefined) return host === "localhost";
  return isIpv4(bytes) ? bytes[12] === 127 : formatAddress(bytes) === "::1";
}

/** The host in a request line like `GET http://host/path`, which counts more than the header (RFC 9112 §3.2.2). */
function hostOfTarget(target = ""): string[] {
  const [, host] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(target) ?? [];
  return host === undefined ? [] : [host];
}

/** One spelling for a host: lower case, no brackets, no dot at the end, addresses as they are written. */
function canonicalHost(host: string): string {
  const bare = host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "");
  const bytes = parseAddress(bare);
  return bytes === undefined ? bare : formatAddress(bytes);
}

function notAllowed(header: string | undefined): RequestError {
  const said =
    header === undefined ? "names no host" : `names the host ${JSON.stringify(header.slice(0, 100))}`;
  return new RequestError(
    "HOST_NOT_ALLOWED",
    `The request ${said}. FlowLens answers under localhost, 127.0.0.1 and [::1]; put other names into the setting api.allowedHosts.`,
  );
}
