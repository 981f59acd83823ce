import { totalmem } from "node:os";
import { Type, type Static } from "typebox";

const MEBIBYTE = 1024 ** 2;
const GIBIBYTE = 1024 ** 3;

/** Settings of the engines, each with its default. */
export const ENGINES_CONFIG = Type.Object(
  {
    clickhouseUrl: Type.Optional(
      Type.String({
        description:
          "A ClickHouse server to use, like http://user:password@host:8123/flowlens. FlowLens starts its own when none is given.",
        env: "FLOWLENS_CLICKHOUSE_URL",
        secret: true,
      }),
    ),
    clickhousePassword: Type.Optional(
      Type.String({
        description: "Password for clickhouseUrl, when it is not part of it.",
        env: "FLOWLENS_CLICKHOUSE_PASSWORD",
        secret: true,
      }),
    ),
    clickhouseMemoryBytes: Type.Optional(
      Type.Integer({
        minimum: 256 * MEBIBYTE,
        description:
          "What queries and merges of the embedded ClickHouse may use together. Default: 40 % of the machine's memory, 512 MiB to 8 GiB.",
        env: "FLOWLENS_CLICKHOUSE_MEMORY_BYTES",
      }),
    ),
    postgresUrl: Type.Optional(
      Type.String({
        description:
          "A PostgreSQL server to use, like postgres://user:password@host:5432/flowlens. FlowLens starts its own when none is given.",
        env: "FLOWLENS_POSTGRES_URL",
        secret: true,
      }),
    ),
    postgresPassword: Type.Optional(
      Type.String({
        description: "Password for postgresUrl, when it is not part of it.",
        env: "FLOWLENS_POSTGRES_PASSWORD",
        secret: true,
      }),
    ),
  },
  { additionalProperties: false },
);

export type EnginesConfig = Readonly<Static<typeof ENGINES_CONFIG>>;

/** Memory this process may use: the machine's, or what its container is given. */
export function availableMemory(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

/**
 * ClickHouse holds its queries and merges below this; its resident size stays under 1.6 times as much. The rest is for FlowLens
 * itself, PostgreSQL and the page cache that ClickHouse reads through.
 */
export function defaultClickHouseMemory(availableBytes: number): number {
  return Math.max(512 * MEBIBYTE, Math.min(8 * GIBIBYTE, Math.floor(availableBytes * 0.4)));
}
