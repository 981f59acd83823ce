// Finds what a test run left behind: processes that carry its mark, files in its temporary folder.
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

export interface Leftovers {
  /** Processes that still run, as "1234 postgres -D …". */
  readonly processes: readonly string[];
  /** Names in the folder. */
  readonly files: readonly string[];
}

/**
 * Looks for leftovers, and looks again until there is none or the time is over: a process that was told to end
 * may need a moment.
 * @param mark stands in the environment, the command line or the working folder of what the run started
 */
export async function findLeftovers(folder: string, mark: string, graceMs: number): Promise<Leftovers> {
  const giveUpAt = performance.now() + graceMs;
  for (;;) {
    const left = { processes: processesMarked(mark), files: existsSync(folder) ? readdirSync(folder) : [] };
    if (left.processes.length + left.files.length === 0 || performance.now() > giveUpAt) return left;
    await sleep(100);
  }
}

/** Only Linux shows the environment of processes; elsewhere the list is empty. */
function processesMarked(mark: string): string[] {
  if (!existsSync("/proc/self/environ")) return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      const command = procFile(pid, "cmdline").replaceAll("\0", " ").trim();
      // A process without a command line has ended already; vitest ends its own later than it calls us.
      if (command === "" || /^vitest|node_modules\/(?:vitest|esbuild|@esbuild)\//.test(command)) return [];
      const marked =
        command.includes(mark) || folderOf(pid).includes(mark) || procFile(pid, "environ").includes(mark);
      return marked ? [`${pid} ${command}`] : [];
    });
}

function procFile(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return ""; // It ended meanwhile, or is another user's.
  }
}

function folderOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return "";
  }
}
