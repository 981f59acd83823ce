import { RequestError } from "../errors.ts";

export function assetNotFound(id: number): RequestError {
  return new RequestError(
    "ASSET_NOT_FOUND",
    `There is no asset ${id}. GET /api/v1/assets lists those there are.`,
  );
}
