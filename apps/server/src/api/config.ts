import { Type, type Static } from "typebox";

const GIBIBYTE = 1024 ** 3;

/** Settings of the HTTP API, each with its default. */
export const API_CONFIG = Type.Object(
  {
    host: Type.String({
      minLength: 1,
      default: "127.0.0.1",
      description: "Address that the API listens on. Any but a loopback address lets the network in.",
      env: "FLOWLENS_HOST",
    }),
    port: Type.Integer({
      minimum: 0,
      maximum: 65_535,
      default: 8000,
      description: "Port that the API listens on; 0 takes a free one.",
      env: "FLOWLENS_PORT",
    }),
    allowedHosts: Type.Array(Type.String({ minLength: 1 }), {
      default: [],
      description:
        "Names and addresses under which the API may be called, besides those of this machine's loopback.",
      env: "FLOWLENS_ALLOWED_HOSTS",
    }),
    uploadBytesMax: Type.Integer({
      minimum: 1,
      default: 64 * GIBIBYTE,
      description: "A file larger than this is not taken in over HTTP.",
    }),
    requestsPerMinute: Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      default: 1_200,
      description: "Requests a minute that one other machine may send; this one's own are not counted.",
    }),
    questionLimitMs: Type.Integer({
      minimum: 100,
      maximum: 600_000,
      default: 20_000,
      description: "A question about traffic that takes longer is given up.",
    }),
    questionsAtOnce: Type.Integer({
      minimum: 1,
      maximum: 64,
      default: 3,
      description: "Questions about traffic that are answered at the same time; the rest wait their turn.",
    }),
    idleTimeoutMs: Type.Integer({
      minimum: 1_000,
      maximum: 3_600_000,
      default: 60_000,
      description: "A connection on which nothing moves for so long is ended, an upload on it too.",
    }),
    stopLimitMs: Type.Integer({
      minimum: 0,
      maximum: 60_000,
      default: 3_000,
      description: "How long requests and imports under way may go on when FlowLens is being stopped.",
    }),
  },
  { additionalProperties: false },
);

export type ApiConfig = Readonly<Static<typeof API_CONFIG>>;
