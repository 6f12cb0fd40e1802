// @module-tag slow
import { describePage } from "./walk-page.js";

describePage("choosing", ["aws", "bash", "gpg", "openssl"]);

describePage("evidence", ["aws", "bash", "jq", "openssl", "sha256sum"]);

describePage("re-audit", ["aws", "bash", "jq"]);
