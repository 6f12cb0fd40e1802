// @module-tag slow
import { describePage } from "./walk-page.js";

describePage("re-audit", ["aws", "bash", "jq"]);
