/** Takes secrets out of a text that others will read. */
import { redactor } from "../../agent/redact";

/** Names of variables whose values are nobody's business. */
const SECRET_NAME = /(TOKEN|PASSWORD|PASSPHRASE|SECRET|CREDENTIAL|PRIVATE|KEY)/;

/** Values that say yes, no or how many, whatever their variable is called. */
const PLAIN = /^(true|false|yes|no|on|off|none|null|\d{1,5})$/i;

/** An address with a password in it. */
const ADDRESS = /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]*:[^/?#\s]*@/i;

/** `text` without the values of the environment's secrets in any form, whatever brought them there. */
export function redact(text: string, env: Readonly<Record<string, string | undefined>>): string {
  const secrets = Object.entries(env).flatMap(([name, value = ""]) =>
    ADDRESS.test(value) || (SECRET_NAME.test(name) && !PLAIN.test(value)) ? [value] : [],
  );
  return redactor(secrets)(text);
}
