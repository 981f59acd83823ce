/**
 * The program of the ClickHouse child process: runs libchdb as a server until its stdin ends, then stops it cleanly.
 * Its first line on stdin is a {@link ClickHouseOrder}; the end of stdin is the order to stop, so it also stops when its parent is killed.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { DataType, load, open } from "ffi-rs";
import { queryClickHouse } from "./clickhouse-http.ts";

export type ClickHouseOrder = {
  readonly libraryPath: string;
  readonly dataDirectory: string;
  readonly configPath: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
};

const LIBRARY = "chdb";
/** An alias nobody else uses, by which the query that keeps the server alive is found and killed. */
const KEEPER = "flowlens_keeps_serving";
const STOP_LIMIT_MS = 3_500;

function readOrder(onOrder: (order: ClickHouseOrder) => void, onEnd: () => void): void {
  let text = "";
  let ordered = false;
  process.stdin.setEncoding("utf8");
  process.stdin.on("data", (chunk: string) => {
    if (ordered) return;
    text += chunk;
    const end = text.indexOf("\n");
    if (end === -1) return;
    ordered = true;
    onOrder(JSON.parse(text.slice(0, end)) as ClickHouseOrder);
  });
  process.stdin.on("end", onEnd);
  process.stdin.on("error", onEnd);
}

async function serve(order: ClickHouseOrder): Promise<void> {
  open({ library: LIBRARY, path: order.libraryPath });
  // The library's own handlers can turn an abort into a hang; without them it is a death that the parent sees.
  load({
    library: LIBRARY,
    funcName: "chdb_set_signal_handlers_enabled",
    retType: DataType.Void,
    paramsType: [DataType.I32],
    paramsValue: [0],
  });
  const args = [
    "clickhouse-local", // argv[0] is dropped: without it --path would be
    "--path",
    order.dataDirectory,
    `--config-file=${order.configPath}`,
    "--listen_host=127.0.0.1",
    `--http_port=${order.port}`,
    "--log-level=warning",
    "--multiquery",
    `--query=SYSTEM START LISTEN HTTP; SELECT sleep(1000000000) AS ${KEEPER} FORMAT Null SETTINGS function_sleep_max_microseconds_per_block = 0`,
  ];
  await load({
    library: LIBRARY,
    funcName: "chdb_query_cmdline",
    retType: DataType.External,
    paramsType: [DataType.I32, DataType.StringArray],
    paramsValue: [args.length, args],
    runInNewThread: true,
  });
}

async function killKeeper({ port, username, password }: ClickHouseOrder): Promise<void> {
  const address = { url: `http://127.0.0.1:${port}`, username, password };
  const deadline = performance.now() + STOP_LIMIT_MS;
  while (performance.now() < deadline) {
    // Not listening yet, or not any more: asked again until the process ends or the deadline passes.
    await queryClickHouse(
      address,
      `KILL QUERY WHERE query LIKE '%AS ${KEEPER} FORMAT%' AND user = '' ASYNC`,
      1_000,
    ).catch(() => {});
    await sleep(200);
  }
}

// A terminal or a service manager signals the whole group; only the parent decides when this process ends.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});

let order: ClickHouseOrder | undefined;
let stopping = false;

function stop(): void {
  if (stopping) return;
  stopping = true;
  if (order === undefined) process.exit(0);
  void killKeeper(order).then(() => process.kill(process.pid, "SIGKILL"));
}

readOrder((received) => {
  order = received;
  serve(received).then(
    () => process.exit(stopping ? 0 : 1),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exit(1);
    },
  );
}, stop);
