/**
 * HTTP: the only room that knows Fastify. Says who may call what, checks what comes in, answers in the shapes of
 * packages/contract, and turns errors into problem documents.
 * Not here: what is answered (the stores and rooms below), and the shapes themselves (contract).
 */
export { createApi, type Api } from "./api.ts";
export { toAssetListItem } from "./assets/asset-json.ts";
export { createAssetReader, readAssetListQuery, type AssetReader } from "./assets/asset-reader.ts";
export { API_CONFIG, type ApiConfig } from "./config.ts";
export type {
  ApiDependencies,
  HealthSource,
  ImportUpload,
  UploadOptions,
  UploadProgress,
} from "./dependencies.ts";
export { API_ERROR_CODES, ApiError, RequestError, type ApiErrorCode } from "./errors.ts";
export { toExporter, toExporterList } from "./exporters/exporter-json.ts";
export { toImportReport, toRefusalReport, type ImportedFile } from "./imports/import-report.ts";
