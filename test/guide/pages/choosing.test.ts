// @module-tag slow
import { describePage } from "./walk-page.js";

describePage("choosing", ["aws", "bash", "gpg", "openssl"]);
