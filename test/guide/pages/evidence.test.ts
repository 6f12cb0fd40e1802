// @module-tag slow
import { describePage } from "./walk-page.js";

describePage("evidence", ["aws", "bash", "jq", "openssl", "sha256sum"]);
