// @module-tag slow
import { describePage } from "./describe-page.js";

describePage("re-audit", ["aws", "bash", "jq"]);
