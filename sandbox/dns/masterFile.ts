/** A text as the strings of at most 255 bytes each that DNS wants, in the form of a master file. */
export function strings(text: string): string {
  const bytes = Buffer.from(text, "utf8");
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length || at === 0; at += 255) pieces.push(quoted(bytes.subarray(at, at + 255)));
  return pieces.join(" ");
}

/** One string in quotes. What is no printable ASCII is written as `\DDD`: a line's end would break the file. */
export function quoted(text: string | Uint8Array): string {
  const bytes = Buffer.from(text as string);
  const letters = [...bytes].map((byte) => {
    if (byte === 0x22 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
    return byte < 0x20 || byte > 0x7e ? `\\${String(byte).padStart(3, "0")}` : String.fromCharCode(byte);
  });
  return `"${letters.join("")}"`;
}

/** A mailbox as the SOA record names it: a dot in place of the `@`, and those before it told from that one. */
export function mailbox(email: string): string {
  const at = email.lastIndexOf("@");
  const plain = (text: string) => text.replace(/[^A-Za-z0-9_+-]/g, "\\$&");
  return `${plain(email.slice(0, at))}.${email
    .slice(at + 1)
    .split(".")
    .map(plain)
    .join(".")}.`;
}
