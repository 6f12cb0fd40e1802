// @module-tag slow
import { describePage } from "./describe-page.js";

describePage("choosing", ["aws", "bash", "gpg", "openssl"]);
