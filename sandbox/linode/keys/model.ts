/** An SSH key of the profile. `created` in milliseconds since 1970. */
export interface Key {
  readonly id: number;
  label: string;
  readonly publicKey: string;
  readonly created: number;
}
