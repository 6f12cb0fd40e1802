// `npm run schemas`: writes docs/schema/ anew after a change of what run folders hold.
import { writeFileSync } from "node:fs";
import { SCHEMA_NAMES, schemaFile, schemaText } from "./published-schemas.js";

for (const name of SCHEMA_NAMES) {
  writeFileSync(new URL(`../../docs/${schemaFile(name)}`, import.meta.url), schemaText(name));
}
