import { createServer } from "node:net";

/** A TCP port that was free on 127.0.0.1 a moment ago. Somebody may take it before the engine does: callers retry. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ host: "127.0.0.1", port: 0, exclusive: true }, () => {
      const address = server.address();
      if (address === null || typeof address === "string") {
        server.close(() => reject(new Error("the system gave no port")));
        return;
      }
      server.close(() => resolve(address.port));
    });
  });
}
