// @module-tag slow
import { describePage } from "./describe-page.js";

describePage("evidence", ["aws", "bash", "jq", "openssl", "sha256sum"]);
