import { createSocket } from "node:dgram";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { createKernelDrops, parseUdpTable } from "./kernel-drops.ts";

const HEADER =
  "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops            ";

describe("the system's table of UDP sockets", () => {
  it("is read with IPv4 and IPv6 addresses, inodes and drops", () => {
    const sockets = parseUdpTable(
      [
        HEADER,
        " 1035: 0100007F:0807 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 134127 2 0000000000000000 17          ",
        "  200: 00000000000000000000000001000000:1283 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 777 2 0000000000000000 0",
        " what is no such line",
        "",
      ].join("\n"),
    );
    // 4739, port of IPFIX, is 0x1283.
    expect(sockets).toEqual([
      { endpoint: "127.0.0.1 2055", inode: "134127", drops: 17 },
      { endpoint: "::1 4739", inode: "777", drops: 0 },
    ]);
  });
});

describe.skipIf(process.platform !== "linux")("kernel drops (only Linux tells them)", () => {
  it("are counted when a socket is flooded while nobody reads it", async () => {
    const socket = createSocket("udp4");
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    socket.setRecvBufferSize(4_096);
    const { port } = socket.address();
    const here = { address: "127.0.0.1", port };
    const drops = createKernelDrops();
    expect(drops.on("127.0.0.1", port)).toBeUndefined();
    await drops.refresh([here]);
    expect(drops.on("127.0.0.1", port)).toBe(0);
    let received = 0;
    socket.on("message", () => received++);
    const sender = createSocket("udp4");
    const sent = Promise.withResolvers<void>();
    let left = 500;
    // Sent within one turn of the event loop: the receiving socket of the same thread is not read meanwhile.
    for (let n = 0; n < 500; n++) {
      sender.send(new Uint8Array(1_000), port, "127.0.0.1", () => {
        if (--left === 0) sent.resolve();
      });
    }
    await sent.promise;
    await new Promise((resolve) => setTimeout(resolve, 50));
    await drops.refresh([here]);
    expect(drops.on("127.0.0.1", port)).toBe(500 - received);
    expect(received).toBeLessThan(500);
    socket.close();
    sender.close();
  });
});
