/** An SSH key on record. */
export interface Key {
  readonly id: number;
  name: string;
  readonly fingerprint: string;
  readonly publicKey: string;
}
