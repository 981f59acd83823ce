import { constants } from "node:fs";
import { access, mkdtemp, rm, stat, statfs } from "node:fs/promises";
import { createServer } from "node:net";
import { createSocket } from "node:dgram";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createEngines, findService, lockHolder, type EnginesConfig } from "#engines";
import { silentLogger } from "#telemetry";

export interface Finding {
  readonly check: string;
  readonly state: "ok" | "warning" | "problem";
  /** What was seen, and for anything but "ok" what to do about it. */
  readonly sentence: string;
}

export interface DoctorOptions {
  readonly dataDirectory: string;
  readonly engines: EnginesConfig;
  readonly httpPort: number;
}

const OLDEST_NODE = 24;
const GIBIBYTE = 1024 ** 3;
const LEAST_FREE_BYTES = GIBIBYTE;
const COMFORTABLE_FREE_BYTES = 10 * GIBIBYTE;
/** NetFlow and IPFIX, IPFIX, sFlow. */
const COLLECTOR_PORTS = [2055, 4739, 6343];
/** The clock of a machine that lost its battery stands in the past; FlowLens was first made in this year. */
const EARLIEST_YEAR = 2026;

/** Looks at everything FlowLens needs from the machine; each finding is handed on as soon as it is there. */
export async function examineMachine(
  options: DoctorOptions,
  onFinding: (finding: Finding) => void,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const checks = [
    checkNode,
    checkClock,
    checkDirectory,
    checkDisk,
    checkHttpPort,
    checkCollectorPorts,
    checkEngines,
  ];
  for (const check of checks) {
    for (const finding of await check(options)) {
      findings.push(finding);
      onFinding(finding);
    }
  }
  return findings;
}

type Check = (options: DoctorOptions) => Promise<Finding[]> | Finding[];

const checkNode: Check = () => {
  const version = process.versions.node;
  const isNew = Number.parseInt(version, 10) >= OLDEST_NODE;
  return [
    isNew
      ? ok("node", `Node.js ${version} on ${process.platform} ${process.arch}`)
      : problem("node", `Node.js ${version} is too old: run npm ci, which brings version ${OLDEST_NODE}.`),
  ];
};

const checkClock: Check = () => {
  const now = new Date();
  return [
    now.getUTCFullYear() >= EARLIEST_YEAR
      ? ok("clock", `the clock says ${now.toISOString()}`)
      : problem("clock", `the clock says ${now.toISOString()}, which cannot be: set it, or let NTP set it.`),
  ];
};

const checkDirectory: Check = async ({ dataDirectory }) => {
  const existing = await nearestExisting(dataDirectory);
  try {
    await access(existing, constants.W_OK | constants.X_OK);
  } catch {
    return [
      problem(
        "data directory",
        `${existing} cannot be written by this user: choose another with --data or FLOWLENS_DATA.`,
      ),
    ];
  }
  const holder = lockHolder(dataDirectory);
  const service = findService(dataDirectory);
  if (service)
    return [ok("data directory", `${dataDirectory}, served by process ${service.pid} at ${service.url}`)];
  if (holder) return [ok("data directory", `${dataDirectory}, in use by process ${holder.pid ?? "?"}`)];
  return [
    ok(
      "data directory",
      `${dataDirectory} ${existing === dataDirectory ? "is there" : "will be made"} and can be written`,
    ),
  ];
};

const checkDisk: Check = async ({ dataDirectory }) => {
  const existing = await nearestExisting(dataDirectory);
  const disk = await statfs(existing);
  const free = disk.bavail * disk.bsize;
  const sentence = `${(free / GIBIBYTE).toFixed(1)} GiB free for ${existing}`;
  if (free < LEAST_FREE_BYTES)
    return [
      problem(
        "disk",
        `${sentence}: FlowLens needs at least 1 GiB; free some, or choose another disk with --data.`,
      ),
    ];
  if (free < COMFORTABLE_FREE_BYTES)
    return [
      warning(
        "disk",
        `${sentence}: enough to begin, a busy network fills that (about 20 bytes a flow record).`,
      ),
    ];
  return [ok("disk", sentence)];
};

const checkHttpPort: Check = async ({ httpPort, dataDirectory }) => {
  if (findService(dataDirectory)) return [];
  const free = await tcpPortIsFree(httpPort);
  return [
    free
      ? ok("http port", `${httpPort}/tcp on 127.0.0.1 is free`)
      : problem("http port", `${httpPort}/tcp on 127.0.0.1 is taken: choose another with serve --port.`),
  ];
};

const checkCollectorPorts: Check = async () => {
  const states = await Promise.all(
    COLLECTOR_PORTS.map(async (port) => ({ port, free: await udpPortIsFree(port) })),
  );
  const taken = states.filter((state) => !state.free).map((state) => state.port);
  return [
    taken.length === 0
      ? ok("collector ports", `${COLLECTOR_PORTS.join(", ")}/udp are free`)
      : warning(
          "collector ports",
          `${taken.join(", ")}/udp taken by another program: a collector there would get none of its packets.`,
        ),
  ];
};

/** Both engines started in a directory of their own, asked, and stopped; or the servers that were given. */
const checkEngines: Check = async (options) => {
  const directory = await mkdtemp(join(tmpdir(), "flowlens-doctor-"));
  const engines = createEngines({ ...options.engines, dataDirectory: directory }, { logger: silentLogger });
  const startedMs = performance.now();
  try {
    await engines.start();
    const took = ((performance.now() - startedMs) / 1000).toFixed(1);
    return engines
      .status()
      .map((status) =>
        ok(
          status.engine,
          `${status.mode === "embedded" ? "started on a free port" : "answers at its URL"}, ready after ${took} s`,
        ),
      );
  } catch (error) {
    return [problem("engines", error instanceof Error ? error.message : String(error))];
  } finally {
    await engines.stop();
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  }
};

async function nearestExisting(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    const info = await stat(at).catch(() => undefined);
    if (info !== undefined || dirname(at) === at) return at;
  }
}

function tcpPortIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function udpPortIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket({ type: "udp4" });
    socket.once("error", () => {
      socket.close();
      resolve(false);
    });
    socket.bind({ port, exclusive: true }, () => socket.close(() => resolve(true)));
  });
}

const ok = (check: string, sentence: string): Finding => ({ check, state: "ok", sentence });
const warning = (check: string, sentence: string): Finding => ({ check, state: "warning", sentence });
const problem = (check: string, sentence: string): Finding => ({ check, state: "problem", sentence });
