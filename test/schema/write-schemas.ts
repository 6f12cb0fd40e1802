// `npm run schemas`: writes docs/schema/ and docs/reasons.md again after the content of run folders has changed.
import { writeFileSync } from "node:fs";
import { reasonsPage, SCHEMA_NAMES, schemaFile, schemaText } from "./published-schemas.js";

for (const name of SCHEMA_NAMES) {
  writeFileSync(new URL(`../../docs/${schemaFile(name)}`, import.meta.url), schemaText(name));
}
writeFileSync(new URL("../../docs/reasons.md", import.meta.url), reasonsPage());
