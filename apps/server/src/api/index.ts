/**
 * HTTP: the only room that knows Fastify. Says who may call what, checks what comes in, answers in the shapes of
 * packages/contract, and turns errors into problem documents.
 * Not here: what is answered (the stores and rooms below), and the shapes themselves (contract).
 */
export type { Api, CreateApi } from "./api.ts";
export { API_CONFIG, type ApiConfig } from "./config.ts";
export type {
  ApiDependencies,
  HealthSource,
  ImportUpload,
  UploadOptions,
  UploadProgress,
} from "./dependencies.ts";
export { API_ERROR_CODES, ApiError, RequestError, type ApiErrorCode } from "./errors.ts";
