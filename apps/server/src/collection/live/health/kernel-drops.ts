import { readdir, readFile, readlink } from "node:fs/promises";
import { formatAddress } from "@flowlens/flow";

/** Packets that the system dropped because nobody read them in time, of sockets of this process. */
export interface KernelDrops {
  /** Looks again, at these addresses and ports. Never rejects. */
  refresh(endpoints: readonly { readonly address: string; readonly port: number }[]): Promise<void>;
  /** So far on that address and port, over all sockets that were there; undefined where the system does not say. */
  on(address: string, port: number): number | undefined;
}

const TABLES = ["/proc/net/udp", "/proc/net/udp6"];
const DROPS_COLUMN = 12;
const INODE_COLUMN = 9;

/** One line of /proc/net/udp (proc(5)). */
interface SystemSocket {
  readonly endpoint: string;
  readonly inode: string;
  readonly drops: number;
}

export function createKernelDrops(): KernelDrops {
  /** Drops of every socket of ours ever seen, by its inode: a thread that was started anew has new ones. */
  const ours = new Map<string, { readonly endpoint: string; drops: number }>();
  const foreign = new Set<string>();
  let known = false;

  async function readTables(wanted: ReadonlySet<string>): Promise<SystemSocket[]> {
    const texts = await Promise.all(TABLES.map((path) => readFile(path, "utf8").catch(() => "")));
    return texts.flatMap((text) => parseUdpTable(text)).filter(({ endpoint }) => wanted.has(endpoint));
  }

  return {
    async refresh(endpoints) {
      if (process.platform !== "linux") return;
      const wanted = new Set(endpoints.map(({ address, port }) => `${address} ${port}`));
      const sockets = await readTables(wanted);
      if (sockets.some(({ inode }) => !ours.has(inode) && !foreign.has(inode))) {
        // Another program may share the port (SO_REUSEPORT): its drops are not ours.
        const inodes = await inodesOfThisProcess();
        for (const { inode, endpoint } of sockets) {
          if (inodes.has(inode)) ours.set(inode, { endpoint, drops: 0 });
          else foreign.add(inode);
        }
      }
      for (const { inode, drops } of sockets) {
        const socket = ours.get(inode);
        if (socket !== undefined) socket.drops = drops;
      }
      known = sockets.length > 0;
    },
    on(address, port) {
      const endpoint = `${address} ${port}`;
      if (!known) return undefined;
      let drops = 0;
      for (const socket of ours.values()) if (socket.endpoint === endpoint) drops += socket.drops;
      return drops;
    },
  };
}

/** The lines of a table of UDP sockets; what is no such line is left out. */
export function parseUdpTable(text: string): SystemSocket[] {
  const sockets: SystemSocket[] = [];
  for (const line of text.split("\n").slice(1)) {
    const columns = line.trim().split(/\s+/);
    const [addressHex = "", portHex = ""] = (columns[1] ?? "").split(":");
    const drops = Number(columns[DROPS_COLUMN]);
    if (!/^([0-9A-F]{8}|[0-9A-F]{32})$/i.test(addressHex) || !Number.isFinite(drops)) continue;
    const address = formatAddress(addressBytes(addressHex));
    sockets.push({
      endpoint: `${address} ${Number.parseInt(portHex, 16)}`,
      inode: columns[INODE_COLUMN],
      drops,
    });
  }
  return sockets;
}

/** 8 or 32 hexadecimal digits: words of 4 bytes, each written as a number of this machine (little endian wherever Node.js runs on Linux, but s390x). */
function addressBytes(hex: string): Uint8Array {
  const words = Buffer.from(hex, "hex");
  if (!isBigEndian) words.swap32();
  if (words.length !== 4) return words;
  return Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...words);
}

const isBigEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 0;

async function inodesOfThisProcess(): Promise<Set<string>> {
  const names = await readdir("/proc/self/fd").catch(() => []);
  const links = await Promise.all(names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => "")));
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.slice(1) ?? []));
}
