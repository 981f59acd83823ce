const LINE_LIMIT_CHARACTERS = 2_000;

/** The last lines a child wrote to stderr: bounded, for the sentence that says why it died. */
export type LastLines = { push(chunk: Buffer | string): void; text(): string };

export function createLastLines(limit = 20): LastLines {
  const lines: string[] = [];
  let unfinished = "";
  return {
    push(chunk) {
      const parts = (unfinished + chunk.toString()).split("\n");
      unfinished = (parts.pop() ?? "").slice(-LINE_LIMIT_CHARACTERS);
      for (const part of parts) {
        const line = part.trimEnd().slice(0, LINE_LIMIT_CHARACTERS);
        if (line === "") continue;
        lines.push(line);
        if (lines.length > limit) lines.shift();
      }
    },
    text: () => [...lines, unfinished.trimEnd()].filter((line) => line !== "").join("\n"),
  };
}
