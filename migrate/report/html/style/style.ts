import { DOCUMENT } from "./document.js";
import { EXCEPTIONS } from "./exceptions.js";
import { FIGURES } from "./figures.js";
import { MASTHEAD } from "./masthead.js";
import { PRINT } from "./print.js";
import { TABLE } from "./table.js";
import { TOKENS } from "./tokens.js";

export const STYLE = [TOKENS, DOCUMENT, MASTHEAD, FIGURES, TABLE, EXCEPTIONS, PRINT].join("");
