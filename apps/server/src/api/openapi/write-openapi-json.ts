// Part of `npm run generate`.
import { mkdirSync, writeFileSync } from "node:fs";
import { makeOpenApiDocument, OPENAPI_FILE, writtenOut } from "./make-document.ts";

mkdirSync(new URL(".", OPENAPI_FILE), { recursive: true });
writeFileSync(OPENAPI_FILE, writtenOut(await makeOpenApiDocument()));
