/**
 * Every IPv4 address of this host, from the text of `/proc/net/fib_trie`. Node's own list leaves out interfaces without a carrier, and
 * Docker's default bridge is one as long as no container is on it.
 */
export function localAddresses(trie: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [, address = ""] of trie.matchAll(/\|-- (\d+(?:\.\d+){3})\n\s*\/32 host LOCAL/g)) found.add(address);
  return found;
}
