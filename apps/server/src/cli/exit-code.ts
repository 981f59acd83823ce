/** What a command's exit code means; the same for every command. */
export const EXIT = {
  ok: 0,
  /** Nothing was done: the reason stands on stderr. */
  refused: 1,
  /** Done as far as the input went: a file breaks off, and what it held up to there was used. */
  incomplete: 3,
  /** 128 + SIGINT, as shells say it. */
  interrupted: 130,
} as const;
