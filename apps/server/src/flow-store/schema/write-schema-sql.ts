import { writeFileSync } from "node:fs";
import { schemaText } from "./ddl.ts";

writeFileSync(new URL("schema.sql", import.meta.url), schemaText());
