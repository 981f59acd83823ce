/** A block of lines at the end of a terminal that is written over again and again; what is said stands above it. */
export interface LiveScreen {
  readonly isLive: boolean;
  /** Replaces the block. On anything but a terminal nothing is shown. */
  show(lines: readonly string[]): void;
  /** Writes a text that stays; the block moves below it. */
  say(text: string): void;
  /** Leaves the block as it stands. */
  end(): void;
}

const CLEAR_DOWN = "\u001b[0J";

export function createLiveScreen(stream: NodeJS.WriteStream = process.stdout): LiveScreen {
  const { isTTY: isLive } = stream;
  let block: readonly string[] = [];
  const up = (): string => (block.length === 0 ? "" : `\u001b[${block.length}F${CLEAR_DOWN}`);
  /** A line that wraps, or a block higher than the terminal, could not be found again to be written over. */
  const fitted = (lines: readonly string[]): string[] =>
    lines
      .slice(0, Math.max(1, (stream.rows ?? 24) - 1))
      .map((line) => line.slice(0, (stream.columns ?? 80) - 1));
  const text = (): string => block.map((line) => `${line}\n`).join("");
  return {
    isLive,
    show(lines) {
      if (!isLive) return;
      const before = up();
      block = fitted(lines);
      stream.write(before + text());
    },
    say(words) {
      stream.write(`${up()}${words}${words.endsWith("\n") ? "" : "\n"}${text()}`);
    },
    end() {
      block = [];
    },
  };
}
